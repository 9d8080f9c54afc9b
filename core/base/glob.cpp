#include "base/glob.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace kustodrop::spool {

static constexpr std::size_t longest_pattern = 1024;

// One UTF-8 character, or one byte where the name is none; its bytes are what is compared.
static std::string_view first_character(std::string_view text) {
    if (!text.empty() && static_cast<unsigned char>(text.front()) < 0x80) return text.substr(0, 1);
    for (std::size_t length = 1; length <= 4 && length <= text.size(); ++length) {
        if (is_valid_utf8(text.substr(0, length))) return text.substr(0, length);
    }
    return text.substr(0, 1);
}

// Takes a possibly escaped character of a class or a literal from the front of `pattern`.
static std::string_view take_character(std::string_view& pattern) {
    if (pattern.front() == '\\' && pattern.size() > 1) pattern.remove_prefix(1);
    auto taken = first_character(pattern);
    pattern.remove_prefix(taken.size());
    return taken;
}

// The bytes of UTF-8 sort as the characters do, shorter sequences first.
static bool is_between(std::string_view low, std::string_view character, std::string_view high) {
    return low <= character && character <= high;
}

// A class without its end is not a class: then the bracket stands for itself.
struct character_class {
    bool closed = false;
    bool matches = false;
    bool backwards = false;      // [z-a]
    std::string_view rest = {};  // What follows the class.
};

static character_class read_class(std::string_view pattern, std::string_view character) {
    character_class out;
    pattern.remove_prefix(1);
    bool negated = pattern.starts_with('!') || pattern.starts_with('^');
    if (negated) pattern.remove_prefix(1);
    bool found = false;
    for (bool first = true; !pattern.empty(); first = false) {
        if (pattern.front() == ']' && !first) {
            out.closed = true;
            out.matches = found != negated;
            out.rest = pattern.substr(1);
            return out;
        }
        auto low = take_character(pattern);
        auto high = low;
        bool range = pattern.size() > 1 && pattern[0] == '-' && pattern[1] != ']';
        if (range) {
            pattern.remove_prefix(1);
            high = take_character(pattern);
            if (high < low) out.backwards = true;
        }
        if (is_between(low, character, high)) found = true;
    }
    return out;
}

// Matches what is not a * at the front of both; takes it from both if it matches.
static bool take_one(std::string_view& pattern, std::string_view& name) {
    if (pattern.empty() || name.empty()) return false;
    auto character = first_character(name);
    if (pattern.front() == '?') {
        pattern.remove_prefix(1);
        name.remove_prefix(character.size());
        return true;
    }
    if (pattern.front() == '[') {
        if (auto found = read_class(pattern, character); found.closed) {
            if (!found.matches) return false;
            pattern = found.rest;
            name.remove_prefix(character.size());
            return true;
        }
    }
    auto rest = pattern;
    if (take_character(rest) != character) return false;
    pattern = rest;
    name.remove_prefix(character.size());
    return true;
}

// One part of a path against one part of a pattern. On a mismatch the last * swallows one
// character more; earlier ones never need to, so this is not exponential.
static bool part_matches(std::string_view pattern, std::string_view name) {
    std::optional<std::string_view> after_star;
    std::string_view name_there;
    while (!name.empty() || !pattern.empty()) {
        if (pattern.starts_with('*')) {
            pattern.remove_prefix(1);
            after_star = pattern;
            name_there = name;
            continue;
        }
        if (take_one(pattern, name)) continue;
        if (!after_star || name_there.empty()) return false;
        name_there.remove_prefix(first_character(name_there).size());
        pattern = *after_star;
        name = name_there;
    }
    return true;
}

// The same one level up: ** is to parts what * is to characters.
static bool parts_match(
    const std::vector<std::string_view>& patterns, const std::vector<std::string_view>& parts
) {
    std::size_t pattern = 0;
    std::size_t part = 0;
    std::optional<std::size_t> after_stars;
    std::size_t part_there = 0;
    while (part < parts.size() || pattern < patterns.size()) {
        if (pattern < patterns.size() && patterns[pattern] == "**") {
            after_stars = ++pattern;
            part_there = part;
            continue;
        }
        bool both = pattern < patterns.size() && part < parts.size();
        if (both && part_matches(patterns[pattern], parts[part])) {
            ++pattern;
            ++part;
            continue;
        }
        if (!after_stars || part_there == parts.size()) return false;
        pattern = *after_stars;
        part = ++part_there;
    }
    return true;
}

bool glob_matches(std::string_view pattern, std::string_view relative_path) {
    if (pattern.find('/') == std::string_view::npos) {
        return part_matches(pattern, relative_path.substr(relative_path.rfind('/') + 1));
    }
    auto patterns = split(pattern, '/');
    // "logs/**" is what lies below logs: a folder itself is not a file and cannot match.
    if (patterns.back() == "**") patterns.push_back("*");
    return parts_match(patterns, split(relative_path, '/'));
}

static std::optional<std::string> part_problem(std::string_view part) {
    if (part.empty()) return "has an empty part between slashes; allowed: names";
    if (part == "." || part == "..") return "has . or .. as a part; allowed: names";
    while (!part.empty()) {
        if (part == "\\")
            return "ends with a \\ that escapes nothing; write \\\\ for the character";
        if (part.front() == '{') {
            return "has a {, and braces are not supported; write one pattern for each choice, or "
                   "\\{ for the character";
        }
        if (part.front() == '[') {
            auto found = read_class(part, {});
            if (!found.closed) return "has a [ without its ]; write \\[ for the character";
            if (found.backwards) return "has a range that runs backwards; write it like [a-z]";
            part = found.rest;
        } else {
            take_character(part);
        }
    }
    return std::nullopt;
}

std::optional<std::string> glob_problem(std::string_view pattern) {
    if (pattern.empty()) return "is empty; allowed: a pattern like *.json";
    if (pattern.size() > longest_pattern) {
        return "is too long; allowed: " + std::to_string(longest_pattern) + " bytes";
    }
    if (pattern.starts_with('/')) {
        return "begins with a slash; allowed: a pattern relative to the watch's path";
    }
    if (pattern.ends_with('/')) {
        return "ends with a slash, and only files are matched; write folder/** for what is in it";
    }
    for (auto part : split(pattern, '/')) {
        if (auto problem = part_problem(part)) return problem;
    }
    return std::nullopt;
}

}  // namespace kustodrop::spool
