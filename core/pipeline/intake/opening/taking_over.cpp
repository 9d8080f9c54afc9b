#include "pipeline/intake/opening/taking_over.hpp"

#include "spool/folder/scanning.hpp"
#include "spool/source/place.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
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

std::vector<spool::source_key> waiting_places(
    const roster& sources, const absent_sources& absent, const std::string& watch
) {
    std::vector<spool::source_key> waiting;
    std::vector<spool::source_key> others;  // A damaged journal may name a place twice.
    auto note = [&](const spool::source& what) {
        auto waits = std::holds_alternative<spool::stage::posted>(what.stage) ||
                     spool::outcome_of(what.stage) != nullptr;
        for (auto& file : what.slices) {
            auto id = spool::id_in_work(file.location);
            auto key = id ? spool::key_of(*id) : std::nullopt;
            if (key) (waits ? waiting : others).push_back(*key);
        }
    };
    sources.each_of(watch, note);
    absent.each_of(watch, note);
    std::ranges::sort(others);
    std::erase_if(waiting, [&](auto& key) { return std::ranges::binary_search(others, key); });
    std::ranges::sort(waiting);
    return waiting;
}

bool is_other_folder(roster& sources, const found_work& work, const folder_facts& facts) {
    bool any_found = false;
    bool any_elsewhere = false;
    sources.each_of(facts.now.watch, [&](const spool::source& what) {
        // What is unconfirmed may have stayed in a folder that the watch has left.
        if (sources.is_parked(what)) return;
        any_found = any_found || work.holds(what);
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
void take_known(found_work& work, roster& sources, const std::string& watch) {
    std::vector<std::string> moved;  // Ids.
    sources.each([&](const spool::source& what) {
        bool is_here = what.watch != watch && work.holds(what);
        if (is_here) moved.push_back(what.id);
        for (auto& file : what.slices) work.take(file.location);
    });
    for (auto& id : moved) sources.reassign(*sources.find(id), watch);
}

std::vector<spool::source> take_renamed(
    absent_sources& absent, logger& log, const std::string& watch, const found_work& work
) {
    std::vector<std::string> unknown;
    for (auto& file : work.strangers()) unknown.push_back(file.location);
    auto renamed = absent.take_by_place(unknown);
    if (renamed.empty()) return renamed;
    log.info(
        "sources of this folder are known under another watch: they are taken over",
        {{"watch", watch},
         {"former", renamed.front().watch},
         {"sources", std::to_string(renamed.size())}}
    );
    for (auto& what : renamed) {
        what.watch = watch;
        absent.record(what);
    }
    return renamed;
}

// Of several files in one blob each has the id in work/ that it was claimed with, which is not that
// of a source: its place says whose it is.
static asio::awaitable<std::vector<spool::source>> take_joined(
    spool::journal& journal, std::vector<spool::work_entry> unknown, std::string watch
) {
    std::vector<spool::source> out;
    if (unknown.empty()) co_return out;
    spool::journal_query query;
    query.left_in_work = true;
    auto retired = co_await journal.find(std::move(query));
    if (retired.has_error()) co_return out;
    std::unordered_map<std::string, const spool::work_entry*> here;
    for (auto& file : unknown) here.emplace(file.location, &file);
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
    co_return out;
}

asio::awaitable<std::vector<spool::source>> take_journaled(
    spool::journal& journal, const found_work& work, std::string watch
) {
    std::vector<spool::source> out;
    std::set<std::string> taken;
    auto unknown = work.strangers();
    for (auto& file : unknown) {
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
    auto joined = co_await take_joined(journal, std::move(unknown), watch);
    for (auto& what : joined) out.push_back(std::move(what));
    co_return out;
}

}  // namespace kustodrop::pipeline
