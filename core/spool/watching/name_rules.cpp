#include "spool/watching/name_rules.hpp"

#include "base/glob.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>

namespace kustodrop::spool {

// Endings and beginnings by which editors, browsers and copying programs mark unfinished files.
static constexpr std::array<std::string_view, 8> endings{
    ".tmp", ".temp", ".part", ".partial", ".filepart", ".crdownload", ".swp", "~"};
static constexpr std::array<std::string_view, 5> beginnings{
    ".~lock.", ".nfs", ".#", ".syncthing.", "~syncthing~"};

std::optional<std::string_view> temporary_sign(std::string_view base_name) {
    for (auto sign : beginnings) {
        if (base_name.starts_with(sign)) return sign;
    }
    auto lower = to_lower(base_name);
    for (auto sign : endings) {
        if (lower.ends_with(sign)) return sign;
    }
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
    for (auto part : split(relative_name, '/')) {
        if (part == ".kustodrop") return "it belongs to kustodrop itself";
        if (part.starts_with('.')) return "names that begin with a dot are hidden";
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
