#include "spool/following/looking/log_names.hpp"

#include "base/text.hpp"
#include "spool/following/looking/log_folders.hpp"

#include <algorithm>
#include <array>
#include <map>
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
static std::vector<std::string> possible_live_names(
    std::string_view name, bool numbered_only = false
) {
    std::vector<std::string> out;
    auto base = name.rfind('/') + 1;
    auto ending = name.rfind('.');
    bool has_ending = ending != std::string_view::npos && ending > base;
    for (auto at = name.size(); at-- > base + 1;) {
        if (!is_separator(name[at])) continue;
        auto before = name.substr(0, at);
        bool plain = (name[at] == '.' && !numbered_only) || is_number_after(name, at);
        if (plain) out.emplace_back(before);
        bool dated = has_ending && at < ending && is_number_after(name, at);
        if (dated) out.push_back(std::string(before) + std::string(name.substr(ending)));
    }
    return out;
}

static name_rule_options of_patterns(const rotated_names& rotated, name_rule_options rules) {
    // No pattern is none, not all.
    rules.include = rotated.patterns;
    return rules;
}

log_names::log_names(name_rule_options rules, rotated_names rotated)
    : rules_(rules), by_(rotated.by), listed_(of_patterns(rotated, std::move(rules))) {
    bool lists_nothing = by_ == rotated_names::way::listed && rotated.patterns.empty();
    if (lists_nothing) by_ = rotated_names::way::off;
}

bool log_names::is_listed(std::string_view name) const {
    if (by_ != rotated_names::way::listed) return false;
    return listed_.accepts(name) || listed_.accepts(without_gzip(name));
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
    if (by_ != rotated_names::way::automatic) {
        if (is_listed(name)) return std::nullopt;
        return rules_.ignored_because(name);
    }
    auto why = rules_.ignored_because(plain);
    if (!why) return std::nullopt;
    bool is_rotated = live_name_of(plain).has_value() && !temporary_sign(plain);
    return is_rotated ? std::nullopt : why;
}

void log_names::sort_one(
    const std::string& name,
    const std::set<std::string_view>& all,
    std::map<std::string, log_name>& out
) const {
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

// A folder for old logs may be beneath the one of the live log, and the names of the copies in it
// be such that are followed themselves.
void log_names::find_copied(
    std::map<std::string, log_name>& logs, const std::set<std::string>& known
) const {
    log_folders live;
    for (auto& [name, log] : logs) {
        if (!log.rotated) live.add(name);
    }
    for (auto& family : known) live.add(family);
    std::map<std::string, std::string> found;
    for (auto& [name, log] : logs) {
        if (log.rotated || folder_of(name).empty()) continue;
        auto possible = possible_live_names(name, true);
        std::vector<std::string_view> bases;
        for (auto& one : possible) bases.push_back(base_of(one));
        if (auto family = live.above(folder_of(name), bases)) found[name] = std::move(*family);
    }
    for (auto& [name, family] : found) logs[name] = {family, true, false, true};
}

// What "old/app.log.1.gz" is made from may have been rotated itself.
static void join_families(std::map<std::string, log_name>& logs) {
    for (auto& [name, log] : logs) {
        auto made_from = logs.find(log.family);
        if (made_from != logs.end()) log.family = made_from->second.family;
    }
}

// Rotated logs of which no other file of their folder is the live one.
static std::vector<std::string> strays_of(const std::map<std::string, log_name>& logs) {
    std::vector<std::string> out;
    for (auto& [name, log] : logs) {
        if (log.rotated && !logs.contains(log.family)) out.push_back(name);
    }
    return out;
}

void log_names::find_families(
    std::map<std::string, log_name>& logs, const std::set<std::string>& known
) const {
    auto strays = strays_of(logs);
    if (strays.empty()) return;
    log_folders live;
    for (auto& [name, log] : logs) {
        if (!log.rotated) live.add(name);
    }
    log_folders before;
    for (auto& family : known) before.add(family);
    for (auto& name : strays) {
        auto& log = logs.at(name);
        auto plain = without_gzip(name);
        bool is_known = known.contains(log.family);
        // "app-2026-11-29.log" was live itself before it was compressed.
        if (is_known && log.family == plain) continue;
        auto possible = possible_live_names(plain);
        std::vector<std::string_view> bases{base_of(log.family)};
        for (auto& one : possible) bases.push_back(base_of(one));
        auto folder = folder_of(name);
        auto found = live.above(folder, bases);
        if (!found && is_known) continue;
        if (!found) found = live.only(bases);
        if (!found) found = before.above(folder, bases);
        if (!found) found = before.only(bases);
        if (found) log.family = *found;
    }
}

// The live names of each folder by what is before their endings.
using live_names = std::map<std::string_view, std::map<std::string_view, std::string_view>>;

static std::string_view stem_of(std::string_view base) {
    auto ending = base.rfind('.');
    return ending == std::string_view::npos || ending == 0 ? base : base.substr(0, ending);
}

static std::optional<std::string_view> live_name_in(
    const live_names& live, std::string_view folder, std::string_view base
) {
    auto there = live.find(folder);
    if (there == live.end()) return std::nullopt;
    for (auto length = base.size(); length > 0; --length) {
        auto found = there->second.find(base.substr(0, length));
        if (found != there->second.end()) return found->second;
    }
    if (there->second.size() > 1) return std::nullopt;
    return there->second.begin()->second;
}

// The live name that begins it, in its folder or one above; its own name where none does.
static std::string likeliest_live_name(const live_names& live, std::string_view rotated) {
    auto folder = folder_of(rotated);
    while (true) {
        if (auto found = live_name_in(live, folder, base_of(rotated))) return std::string(*found);
        if (folder.empty()) return std::string(rotated);
        folder = folder_of(folder);
    }
}

void log_names::sort_listed(
    const std::vector<std::string>& names, std::map<std::string, log_name>& out
) const {
    live_names live;
    for (auto& name : names) {
        if (!may_be_log(name) || is_listed(name)) continue;
        live[folder_of(name)][stem_of(base_of(name))] = name;
    }
    for (auto& name : names) {
        if (!may_be_log(name)) continue;
        bool compressed = name.ends_with(gzip_ending);
        if (is_listed(name)) {
            out[name] = {likeliest_live_name(live, name), true, compressed};
        } else {
            out[name] = {name, false, compressed};
        }
    }
}

std::map<std::string, log_name> log_names::sort(
    const std::vector<std::string>& names, const std::set<std::string>& known
) const {
    std::map<std::string, log_name> out;
    if (by_ != rotated_names::way::automatic) {
        sort_listed(names, out);
        return out;
    }
    std::set<std::string_view> all(names.begin(), names.end());
    // A live log may be absent for a while, as between its renaming and the next line.
    all.insert(known.begin(), known.end());
    for (auto& name : names) {
        if (may_be_log(name)) sort_one(name, all, out);
    }
    find_copied(out, known);
    find_families(out, known);
    join_families(out);
    return out;
}

}  // namespace kustodrop::spool
