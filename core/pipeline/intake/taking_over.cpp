#include "pipeline/intake/taking_over.hpp"

#include "spool/folder/scanning.hpp"

#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>

namespace kustodrop::pipeline {

// A place in work/ carries an id: the same place is the same source, whatever its watch is called.
std::vector<spool::work_entry> without_known(
    std::vector<spool::work_entry> work, roster& sources, const std::string& watch
) {
    if (work.empty()) return work;
    std::unordered_set<std::string> here;
    for (auto& file : work) here.insert(file.location);
    std::unordered_set<std::string> known;
    std::vector<spool::source*> moved;
    sources.each([&](spool::source& what) {
        bool is_here = false;
        for (auto& file : what.slices) {
            if (!here.contains(file.location)) continue;
            known.insert(file.location);
            is_here = true;
        }
        if (is_here && what.watch != watch) moved.push_back(&what);
    });
    for (auto* what : moved) sources.reassign(*what, watch);
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
