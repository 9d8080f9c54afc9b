#include "pipeline/intake/taking_over.hpp"

#include "spool/folder/scanning.hpp"

#include <set>
#include <string>
#include <utility>

namespace kustodrop::pipeline {

std::vector<spool::work_entry> without_known(
    std::vector<spool::work_entry> work, roster& sources, std::string_view watch
) {
    std::set<std::string> known;
    sources.each([&](const spool::source& what) {
        if (what.watch != watch) return;
        for (auto& slice : what.slices) known.insert(slice.location);
    });
    std::erase_if(work, [&](auto& file) { return known.contains(file.location); });
    return work;
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
