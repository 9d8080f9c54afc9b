#include "pipeline/targets/route_pattern.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <utility>

namespace kustodrop::pipeline {

static constexpr std::size_t longest_route = 1024;
static constexpr std::size_t longest_name = 64;

static failure wrong(std::string detail) {
    return {errc::unspecified, remedy::reconfigure, std::move(detail)};
}

std::optional<std::string> capture_name_problem(std::string_view name) {
    static constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz";
    static constexpr std::string_view others = "abcdefghijklmnopqrstuvwxyz0123456789_";
    bool good = !name.empty() && name.size() <= longest_name &&
                letters.find(name.front()) != std::string_view::npos &&
                name.find_first_not_of(others) == std::string_view::npos;
    if (good) return std::nullopt;
    return "{" + std::string(name) + "} is not a valid name; use a-z, 0-9 and _, a letter first";
}

// A capture, a star, or what stands before the next of these.
result<route_pattern::piece> route_pattern::take_piece(std::string_view& rest) {
    if (rest.front() == '*') {
        rest.remove_prefix(1);
        return piece{piece::any, "*"};
    }
    if (rest.front() == '}') return wrong("has a } without its {; use {name}");
    if (rest.front() != '{') {
        auto end = std::min(rest.find_first_of("{}*"), rest.size());
        piece out{piece::literal, std::string(rest.substr(0, end))};
        rest.remove_prefix(end);
        return out;
    }
    auto end = rest.find('}');
    if (end == std::string_view::npos) return wrong("has a { without its }; use {name}");
    auto name = rest.substr(1, end - 1);
    if (auto problem = capture_name_problem(name)) return wrong("has a name that " + *problem);
    rest.remove_prefix(end + 1);
    return piece{piece::capture, std::string(name)};
}

result<route_pattern::part> route_pattern::parse_part(std::string_view text) {
    if (text.empty()) return wrong("has an empty part; use one / between parts and none in front");
    if (text == "." || text == "..") return wrong("has a part of dots; use names");
    if (text.find("**") != std::string_view::npos) {
        return wrong("has ** elsewhere; use it as the whole last part");
    }
    if (text.find_first_of("?[]\\") != std::string_view::npos) {
        return wrong("has one of ? [ ] \\; use {name}, * and **");
    }
    part out;
    for (auto rest = text; !rest.empty();) {
        auto next = take_piece(rest);
        if (next.has_error()) return next.error();
        bool is_free = next->kind != piece::literal;
        if (is_free && !out.empty() && out.back().kind != piece::literal) {
            return wrong("has two of {name} and * side by side; use text between them");
        }
        if (next->kind == piece::capture) {
            if (std::ranges::count(names_, next->text) > 0) {
                return wrong("has {" + next->text + "} twice; give each its own name");
            }
            names_.push_back(next->text);
        }
        out.push_back(std::move(*next));
    }
    return out;
}

result<route_pattern> route_pattern::parse(std::string_view text) {
    if (text.size() > longest_route) return wrong("is too long; use at most 1024 bytes");
    route_pattern out;
    auto parts = split(text, '/');
    out.ends_open_ = parts.back() == "**";
    if (out.ends_open_) parts.pop_back();
    for (auto one : parts) {
        auto parsed = out.parse_part(one);
        if (parsed.has_error()) return parsed.error();
        out.parts_.push_back(std::move(*parsed));
    }
    if (out.names_.empty()) return wrong("names no part of the path; use {name} for one");
    return out;
}

// Each free piece takes as little as possible. Where a literal is found first, the rest matches if
// it matches at all, so that nothing is tried twice.
bool route_pattern::match_part(const part& wanted, std::string_view text, captures& out) {
    const piece* open = nullptr;  // A free piece, whose end the next literal shows.
    auto end_of_open = [&](std::string_view value) {
        if (!open || open->kind == piece::any) return true;
        out.insert_or_assign(open->text, std::string(value));
        return !value.empty();
    };
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        auto& one = wanted[i];
        if (one.kind != piece::literal) {
            open = &one;
            continue;
        }
        std::size_t at = 0;
        bool is_last = i + 1 == wanted.size();
        std::size_t least = open && open->kind == piece::capture ? 1 : 0;
        if (open && is_last) {
            if (text.size() < one.text.size() + least || !text.ends_with(one.text)) return false;
            at = text.size() - one.text.size();
        } else if (open) {
            at = text.find(one.text, least);
            if (at == std::string_view::npos) return false;
        } else if (!text.starts_with(one.text)) {
            return false;
        }
        if (!end_of_open(text.substr(0, at))) return false;
        open = nullptr;
        text.remove_prefix(at + one.text.size());
    }
    if (!open) return text.empty();
    return end_of_open(text);
}

std::optional<captures> route_pattern::match(std::string_view relative_path) const {
    auto parts = split(relative_path, '/');
    bool is_deep_enough = ends_open_ ? parts.size() > parts_.size() : parts.size() == parts_.size();
    if (!is_deep_enough) return std::nullopt;
    captures out;
    for (std::size_t i = 0; i < parts_.size(); ++i) {
        if (!match_part(parts_[i], parts[i], out)) return std::nullopt;
    }
    return out;
}

}  // namespace kustodrop::pipeline
