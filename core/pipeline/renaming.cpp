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

std::vector<watch_rename> takeovers_of(
    const folders_by_watch& before, const folders_by_watch& now
) {
    std::vector<watch_rename> out;
    for (auto& [name, folder] : now) {
        if (has_folder(before, name, folder)) continue;
        for (auto& former : before) {
            if (former.second == folder) out.push_back({former.first, name});
        }
    }
    return out;
}

static result<folders_by_watch> recorded_folders(spool::journal& journal) {
    auto recorded = journal.folders();
    if (recorded.has_error()) return recorded.error();
    folders_by_watch out;
    for (auto& one : *recorded) out[one.watch] = one.path;
    return out;
}

static folders_by_watch configured_folders(const std::vector<watch_options>& configured) {
    folders_by_watch out;
    for (auto& one : configured) out[one.name] = one.path;
    return out;
}

static void rename(folders_by_watch& folders, const watch_rename& one) {
    auto moved = folders.extract(one.from);
    if (!moved) return;
    moved.key() = one.to;
    folders.insert(std::move(moved));
}

// All are read before one is written: two watches may have exchanged their folders.
static result<void> copy_kept(const std::vector<watch_rename>& takeovers, spool::journal& journal) {
    std::vector<spool::kept_file> copies;
    for (auto& [from, to] : takeovers) {
        auto kept = journal.kept(from);
        if (kept.has_error()) return kept.error();
        for (auto& file : *kept) {
            file.watch = to;
            copies.push_back(std::move(file));
        }
    }
    for (auto& file : copies) journal.record_kept(file);
    return {};
}

result<void> take_over_folders(
    const std::vector<watch_options>& configured,
    const std::function<bool(const std::string& watch)>& is_open,
    spool::journal& journal,
    absent_sources& absent
) {
    auto flushed = journal.flush();
    if (flushed.has_error()) return flushed.error();
    auto recorded = recorded_folders(journal);
    if (recorded.has_error()) return recorded.error();
    auto before = std::move(*recorded);
    auto takeovers = takeovers_of(before, configured_folders(configured));
    for (auto& one : takeovers) {
        if (is_open(one.from) || is_open(one.to) || before.contains(one.to)) continue;
        journal.rename_watch(one.from, one.to);
        absent.rename_watch(one.from, one.to);
        rename(before, one);
    }
    auto copied = copy_kept(takeovers_of(before, configured_folders(configured)), journal);
    if (copied.has_error()) return copied.error();
    return journal.flush();
}

result<void> adopt_renamed(
    const std::vector<watch_options>& configured,
    spool::journal& journal,
    absent_sources& absent,
    logger& log
) {
    if (configured.empty()) return {};
    auto recorded = recorded_folders(journal);
    if (recorded.has_error()) return recorded.error();
    auto before = std::move(*recorded);
    auto now = configured_folders(configured);
    for (auto& [from, to] : renames_of(before, now)) {
        log.info("the watch has another name now", {{"watch", to}, {"former", from}});
        journal.rename_watch(from, to);
        absent.rename_watch(from, to);
        rename(before, {from, to});
    }
    auto copied = copy_kept(takeovers_of(before, now), journal);
    if (copied.has_error()) return copied.error();
    return journal.flush();
}

}  // namespace kustodrop::pipeline
