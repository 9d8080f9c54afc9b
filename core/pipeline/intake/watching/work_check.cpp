#include "pipeline/intake/watching/work_check.hpp"

#include "spool/source/place.hpp"

#include <string_view>
#include <utility>

namespace kustodrop::pipeline {

// Files that share a blob, and the rests of files that have grown, have places with other ids than
// their source's.
static void erase_known(std::unordered_set<std::string>& locations, roster& sources) {
    if (locations.empty()) return;
    sources.each([&](const spool::source& what) {
        for (auto& file : what.slices) locations.erase(file.location);
    });
}

std::vector<std::string> work_check::unknown(
    const std::vector<std::string>& locations, roster& sources
) {
    std::unordered_set<std::string> now;
    for (auto& location : locations) {
        auto id = spool::id_in_work(location);
        if (id && !sources.contains(*id)) now.insert(location);
    }
    erase_known(now, sources);
    std::vector<std::string> out;
    for (auto& location : now) {
        if (suspects_.contains(location)) out.push_back(location);
    }
    suspects_ = std::move(now);
    for (auto& location : out) suspects_.erase(location);
    return out;
}

}  // namespace kustodrop::pipeline
