#include "pipeline/renaming.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace kustodrop::pipeline {

// Not the name of a watch: those have no such character.
static constexpr auto between_names = "~";

using names_by_name = std::map<std::string, std::string>;

static bool has_folder(
    const folders_by_watch& of, const std::string& name, const std::string& folder
) {
    auto found = of.find(name);
    return found != of.end() && found->second == folder;
}

// The former name of each watch that has another one now.
static names_by_name former_names(const folders_by_watch& before, const folders_by_watch& now) {
    names_by_name out;
    for (auto& wanted : now) {
        if (has_folder(before, wanted.first, wanted.second)) continue;
        auto former = std::ranges::find_if(before, [&](auto& one) {
            return one.second == wanted.second && !has_folder(now, one.first, one.second);
        });
        if (former != before.end()) out.emplace(wanted.first, former->first);
    }
    return out;
}

// A name that is another folder's too must become free first. What becomes free depends on the
// others: until nothing changes.
static void leave_out_taken(names_by_name& former, const folders_by_watch& before) {
    for (;;) {
        std::set<std::string> freed;
        for (auto& [to, from] : former) freed.insert(from);
        auto left_out = std::erase_if(former, [&](auto& one) {
            return before.contains(one.first) && !freed.contains(one.first);
        });
        if (left_out == 0) return;
    }
}

std::vector<watch_rename> renames_of(const folders_by_watch& before, const folders_by_watch& now) {
    auto former = former_names(before, now);
    leave_out_taken(former, before);
    std::vector<watch_rename> out;
    while (!former.empty()) {
        auto is_free = [&](auto& one) {
            return std::ranges::none_of(former, [&](auto& other) {
                return other.second == one.first;
            });
        };
        auto next = std::ranges::find_if(former, is_free);
        if (next == former.end()) {
            // Only circles are left.
            auto& holder = former.begin()->second;
            out.push_back({holder, between_names});
            holder = between_names;
        } else {
            out.push_back({next->second, next->first});
            former.erase(next);
        }
    }
    return out;
}

result<void> adopt_renamed(
    const std::vector<watch_options>& configured,
    spool::journal& journal,
    absent_sources& absent,
    logger& log
) {
    if (configured.empty()) return {};
    auto recorded = journal.folders();
    if (recorded.has_error()) return recorded.error();
    folders_by_watch before;
    folders_by_watch now;
    for (auto& one : *recorded) before[one.watch] = one.path;
    for (auto& one : configured) now[one.name] = one.path;
    auto renames = renames_of(before, now);
    if (renames.empty()) return {};
    for (auto& [from, to] : renames) {
        log.info("the watch has another name now", {{"watch", to}, {"former", from}});
        journal.rename_watch(from, to);
        absent.rename_watch(from, to);
    }
    return journal.flush();
}

}  // namespace kustodrop::pipeline
