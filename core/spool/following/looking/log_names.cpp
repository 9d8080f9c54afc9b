#include "spool/following/looking/log_names.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace kustodrop::spool {

static constexpr std::string_view gzip_ending = ".gz";

static constexpr std::array<std::string_view, 5> unread_endings{
    ".xz", ".bz2", ".zst", ".zip", ".lz4"};

static bool is_unread(std::string_view name) {
    return std::ranges::any_of(unread_endings, [&](auto ending) { return name.ends_with(ending); });
}

// "app.log.1.gz" is "app.log.1", compressed by its rotator.
static std::string without_gzip(std::string_view name) {
    if (name.ends_with(gzip_ending)) name.remove_suffix(gzip_ending.size());
    return std::string(name);
}

static bool is_separator(char byte) { return byte == '.' || byte == '-'; }

static bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }

// "app.log" and "app-admin.log" are two logs; "app-2026-11-29.log" is a rotated one of the first.
static bool is_number_after(std::string_view name, std::size_t separator) {
    return separator + 1 < name.size() && is_digit(name[separator + 1]);
}

// The live names that a rotated name may be made from, the likeliest first.
static std::vector<std::string> possible_live_names(std::string_view name) {
    std::vector<std::string> out;
    auto base = name.rfind('/') + 1;
    auto ending = name.rfind('.');
    bool has_ending = ending != std::string_view::npos && ending > base;
    for (auto at = name.size(); at-- > base + 1;) {
        if (!is_separator(name[at])) continue;
        auto before = name.substr(0, at);
        bool plain = name[at] == '.' || is_number_after(name, at);
        if (plain) out.emplace_back(before);
        bool dated = has_ending && at < ending && is_number_after(name, at);
        if (dated) out.push_back(std::string(before) + std::string(name.substr(ending)));
    }
    return out;
}

std::optional<std::string> log_names::live_name_of(std::string_view rotated) const {
    for (auto& live : possible_live_names(rotated)) {
        if (rules_.accepts(live)) return live;
    }
    return std::nullopt;
}

bool log_names::may_be_log(std::string_view name) const {
    return !ignored_because(name).has_value();
}

std::optional<std::string> log_names::ignored_because(std::string_view name) const {
    if (is_unread(name)) return "of compressed logs only those of gzip are read";
    auto plain = without_gzip(name);
    auto why = rules_.ignored_because(plain);
    if (!why) return std::nullopt;
    bool is_rotated = live_name_of(plain).has_value() && !temporary_sign(plain);
    return is_rotated ? std::nullopt : why;
}

std::map<std::string, log_name> log_names::sort(const std::vector<std::string>& names) const {
    std::set<std::string_view> all(names.begin(), names.end());
    std::map<std::string, log_name> out;
    for (auto& name : names) {
        if (!may_be_log(name)) continue;
        auto plain = without_gzip(name);
        bool compressed = plain != name;
        auto possible = possible_live_names(plain);
        auto found = std::ranges::find_if(possible, [&](auto& live) {
            return all.contains(live) && rules_.accepts(live);
        });
        if (found != possible.end()) {
            out[name] = {*found, true, compressed};
        } else if (rules_.accepts(plain)) {
            out[name] = {plain, compressed, compressed};
        } else {
            out[name] = {live_name_of(plain).value_or(plain), true, compressed};
        }
    }
    return out;
}

}  // namespace kustodrop::spool
