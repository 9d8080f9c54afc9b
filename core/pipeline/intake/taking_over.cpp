#include "pipeline/intake/taking_over.hpp"

#include "spool/folder/scanning.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace kustodrop::pipeline {

std::optional<spool::folder_record> recorded_folder(
    spool::journal& journal, const std::string& watch
) {
    auto all = journal.folders();
    if (all.has_error()) return std::nullopt;
    auto found = std::ranges::find(*all, watch, &spool::folder_record::watch);
    return found == all->end() ? std::nullopt : std::optional(*found);
}

spool::folder_record record_of(const watch& from, const spool::file_identity& identity) {
    return {from.options.name, from.options.path, identity.device, identity.inode};
}

bool is_other_folder(
    roster& sources, const std::vector<spool::work_entry>& work, const folder_facts& facts
) {
    std::set<std::string_view> here;
    for (auto& file : work) here.insert(file.location);
    bool any_found = false;
    bool any_elsewhere = false;
    sources.each_of(facts.now.watch, [&](const spool::source& what) {
        // What is unconfirmed may have stayed in a folder that the watch has left.
        if (sources.is_parked(what)) return;
        for (auto& file : what.slices) any_found = any_found || here.contains(file.location);
        any_elsewhere = any_elsewhere || is_elsewhere(what, facts, false);
    });
    return any_elsewhere && !any_found;
}

void report_elsewhere(
    const watch& from, const folder_facts& facts, std::size_t sources, logger& log
) {
    auto& path = facts.before ? facts.before->path : facts.now.path;
    log.error(
        "files of an earlier run lie in another folder: its disk may not be mounted, or the path "
        "of "
        "the watch was changed; their sources wait until that folder is watched again",
        {{"watch", from.options.name},
         {"path", facts.now.path},
         {"files_in", path + "/" + std::string(spool::work_folder)},
         {"sources", std::to_string(sources)}}
    );
}

// A place in work/ carries an id: the same place is the same source, whatever its watch is called.
std::vector<spool::work_entry> without_known(
    std::vector<spool::work_entry> work, roster& sources, const std::string& watch
) {
    if (work.empty()) return work;
    std::unordered_set<std::string> here;
    for (auto& file : work) here.insert(file.location);
    std::unordered_set<std::string> known;
    std::vector<std::string> moved;  // Ids.
    sources.each([&](const spool::source& what) {
        bool is_here = false;
        for (auto& file : what.slices) {
            if (!here.contains(file.location)) continue;
            known.insert(file.location);
            is_here = true;
        }
        if (is_here && what.watch != watch) moved.push_back(what.id);
    });
    for (auto& id : moved) sources.reassign(*sources.find(id), watch);
    std::erase_if(work, [&](auto& file) { return known.contains(file.location); });
    return work;
}

std::vector<spool::source> take_absent(
    absent_sources& absent,
    logger& log,
    const std::string& watch,
    const std::vector<spool::work_entry>& work
) {
    auto out = absent.take(watch);
    std::set<std::string_view> known;
    for (auto& what : out) {
        for (auto& file : what.slices) known.insert(file.location);
    }
    std::vector<std::string> unknown;
    for (auto& file : work) {
        if (!known.contains(file.location)) unknown.push_back(file.location);
    }
    auto renamed = absent.take_by_place(unknown);
    if (!renamed.empty()) {
        log.info(
            "sources of this folder are known under another watch: they are taken over",
            {{"watch", watch},
             {"former", renamed.front().watch},
             {"sources", std::to_string(renamed.size())}}
        );
    }
    for (auto& what : renamed) {
        what.watch = watch;
        absent.record(what);
        out.push_back(std::move(what));
    }
    return out;
}

std::vector<spool::work_entry> without(
    std::vector<spool::work_entry> work, const std::vector<spool::source>& sources
) {
    std::set<std::string_view> known;
    for (auto& what : sources) {
        for (auto& file : what.slices) known.insert(file.location);
    }
    std::erase_if(work, [&](auto& file) { return known.contains(file.location); });
    return work;
}

static bool may_be_ours(const spool::work_entry& file) {
    return !file.foreign() && file.kind == spool::file_kind::regular;
}

// Of several files in one blob each has the id in work/ that it was claimed with, which is not that
// of a source: its place says whose it is.
static asio::awaitable<std::vector<spool::source>> take_joined(
    spool::journal& journal, std::vector<spool::work_entry>& unknown, std::string watch
) {
    std::vector<spool::source> out;
    if (std::ranges::none_of(unknown, may_be_ours)) co_return out;
    spool::journal_query query;
    query.left_in_work = true;
    auto retired = co_await journal.find(std::move(query));
    if (retired.has_error()) co_return out;
    std::unordered_map<std::string, const spool::work_entry*> here;
    for (auto& file : unknown) {
        if (may_be_ours(file)) here.emplace(file.location, &file);
    }
    std::set<std::string> taken;
    for (auto& row : *retired) {
        auto& what = row.source;
        if (what.slices.size() == 1) continue;
        auto mine = std::ranges::find_if(what.slices, [&](auto& one) {
            return here.contains(one.location) && !taken.contains(one.location);
        });
        if (mine == what.slices.end()) continue;
        auto& file = *here.at(mine->location);
        auto next = continue_journaled(std::move(what), file, watch);
        if (!next) continue;
        for (auto& one : next->slices) taken.insert(one.location);
        out.push_back(std::move(*next));
    }
    std::erase_if(unknown, [&](auto& file) { return taken.contains(file.location); });
    co_return out;
}

asio::awaitable<std::vector<spool::source>> take_journaled(
    spool::journal& journal, std::vector<spool::work_entry>& unknown, std::string watch
) {
    std::vector<spool::source> out;
    std::set<std::string> taken;
    for (auto& file : unknown) {
        if (!may_be_ours(file)) continue;
        spool::journal_query query;
        query.source_id = file.source_id;
        query.limit = 1;
        auto rows = co_await journal.find(std::move(query));
        if (rows.has_error() || rows->empty()) continue;
        auto next = continue_journaled(std::move(rows->front().source), file, watch);
        if (!next) continue;
        taken.insert(file.location);
        out.push_back(std::move(*next));
    }
    std::erase_if(unknown, [&](auto& file) { return taken.contains(file.location); });
    auto joined = co_await take_joined(journal, unknown, watch);
    for (auto& what : joined) out.push_back(std::move(what));
    co_return out;
}

std::vector<spool::source> take_over(recovered found, const resuming_parts& with, watch& from) {
    for (auto& what : found.resumed) resume(with, from, std::move(what));
    for (auto& what : found.lost) {
        auto& lost = with.sources.resume(std::move(what));
        settle_vanished(with, lost);
    }
    return std::move(found.adopted);
}

void report_taken_over(const watch& from, const recovered& found, logger& log) {
    if (found.foreign_files > 0) {
        log.warning(
            "files in work/ do not belong to kustodrop; they are left alone",
            {{"watch", from.options.name}, {"files", std::to_string(found.foreign_files)}}
        );
    }
    auto sources = found.resumed.size() + found.adopted.size() + found.lost.size();
    if (sources == 0) return;
    log.info(
        "resumed",
        {{"watch", from.options.name},
         {"journaled", std::to_string(found.resumed.size())},
         {"adopted", std::to_string(found.adopted.size())},
         {"lost", std::to_string(found.lost.size())}}
    );
}

}  // namespace kustodrop::pipeline
