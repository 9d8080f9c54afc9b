#include "spool/watching/name_rules.hpp"

#include "base/glob.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace kustodrop::spool {

// Endings and beginnings by which editors, browsers and copying programs mark unfinished files.
static constexpr std::array<std::string_view, 12> endings{
    ".tmp",
    ".temp",
    ".part",
    ".partial",
    ".filepart",
    ".crdownload",
    ".download",
    ".inprogress",
    "._copying_",  // hadoop fs -put
    "_.gstmp",     // gsutil cp
    ".swp",
    "~"};
static constexpr std::array<std::string_view, 6> beginnings{
    ".~lock.", ".nfs", ".#", ".syncthing.", "~syncthing~", "~$"};
// What a file manager leaves behind.
static constexpr std::array<std::string_view, 2> whole_names{"thumbs.db", "desktop.ini"};

// aws s3 cp: eight random hexadecimal digits behind the name. Without a letter it is a date.
static bool is_of_s3_copy(std::string_view base_name) {
    auto dot = base_name.rfind('.');
    if (dot == base_name.npos || dot == 0) return false;
    auto digits = base_name.substr(dot + 1);
    auto is_hex = [](unsigned char c) { return std::isxdigit(c) != 0; };
    auto is_letter = [](unsigned char c) { return std::isalpha(c) != 0; };
    return digits.size() == 8 && std::ranges::all_of(digits, is_hex) &&
           std::ranges::any_of(digits, is_letter);
}

// The last characters of these, which are in lower case, in both cases. Every name of a folder is
// compared with them, several times: its own last character rules most names out.
static std::array<bool, 256> last_characters() {
    std::array<bool, 256> out{};
    auto add = [&out](std::string_view text) {
        auto last = static_cast<unsigned char>(text.back());
        out[last] = true;
        if (last >= 'a' && last <= 'z') out[last - 'a' + 'A'] = true;
    };
    for (auto text : endings) add(text);
    for (auto text : whole_names) add(text);
    return out;
}

static bool may_end_in_a_sign(std::string_view name) {
    static const auto known = last_characters();
    return !name.empty() && known[static_cast<unsigned char>(name.back())];
}

static bool ends_in(std::string_view name, std::string_view ending) {
    return name.size() >= ending.size() &&
           equals_ignoring_case(name.substr(name.size() - ending.size()), ending);
}

std::optional<std::string_view> temporary_sign(std::string_view base_name) {
    bool may_begin_with_a_sign = base_name.starts_with('.') || base_name.starts_with('~');
    for (auto sign : beginnings) {
        if (may_begin_with_a_sign && base_name.starts_with(sign)) return sign;
    }
    if (may_end_in_a_sign(base_name)) {
        for (auto sign : endings) {
            if (ends_in(base_name, sign)) return sign;
        }
        for (auto name : whole_names) {
            if (base_name.size() == name.size() && ends_in(base_name, name)) return name;
        }
    }
    // Emacs: #NAME#.
    bool in_hashes = base_name.starts_with('#') && base_name.ends_with('#');
    if (base_name.size() > 2 && in_hashes) return "#";
    if (is_of_s3_copy(base_name)) return base_name.substr(base_name.rfind('.'));
    return std::nullopt;
}

static bool any_matches(const std::vector<std::string>& patterns, std::string_view name) {
    return std::any_of(patterns.begin(), patterns.end(), [&](auto& pattern) {
        return glob_matches(pattern, name);
    });
}

std::optional<std::string> name_rules::ignored_because(std::string_view relative_name) const {
    auto base = relative_name.substr(relative_name.rfind('/') + 1);
    if (auto sign = temporary_sign(base)) {
        return "a name with \"" + std::string(*sign) + "\" is a temporary one";
    }
    // Every name of a folder comes here several times: no list of its parts is made.
    for (auto rest = relative_name;;) {
        auto part = rest.substr(0, rest.find('/'));
        if (part == ".kustodrop") return "it belongs to kustodrop itself";
        if (part.starts_with('.')) return "names that begin with a dot are hidden";
        if (part.size() == rest.size()) break;
        rest.remove_prefix(part.size() + 1);
    }
    auto& marker = options_.done_marker;
    if (!marker.empty() && base.ends_with(marker)) {
        return "a name that ends in \"" + marker + "\" is a done marker";
    }
    auto& include = options_.include;
    if (!include.empty() && !any_matches(include, relative_name)) {
        return "no pattern of \"include\" matches";
    }
    for (auto& pattern : options_.exclude) {
        if (glob_matches(pattern, relative_name)) {
            return "the pattern \"" + pattern + "\" of \"exclude\" matches";
        }
    }
    return std::nullopt;
}

std::optional<std::string> name_rules::marked_by(std::string_view relative_name) const {
    auto& marker = options_.done_marker;
    if (marker.empty() || !relative_name.ends_with(marker)) return std::nullopt;
    auto name = relative_name.substr(0, relative_name.size() - marker.size());
    if (name.empty() || name.ends_with('/') || !accepts(name)) return std::nullopt;
    return std::string(name);
}

}  // namespace kustodrop::spool
