#include "pipeline/following/unposted_cuts.hpp"

#include "spool/source/place.hpp"

#include <algorithm>

namespace kustodrop::pipeline {

static bool needs_log(const spool::slice& range) { return !spool::is_spilled(range.location); }

void unposted_cuts::add(const std::string& source_id) {
    auto* what = sources_.find(source_id);
    if (what && std::ranges::any_of(what->slices, needs_log)) ids_.insert(source_id);
}

std::size_t unposted_cuts::count() {
    std::erase_if(ids_, [&](auto& id) {
        auto* what = sources_.find(id);
        return !what || !spool::is_unposted(what->stage);
    });
    return ids_.size();
}

std::set<std::uint64_t> unposted_cuts::files() {
    count();
    std::set<std::uint64_t> inodes;
    for (auto& id : ids_) {
        for (auto& range : sources_.find(id)->slices) {
            if (needs_log(range)) inodes.insert(range.identity.inode);
        }
    }
    return inodes;
}

std::set<std::uint64_t> unposted_cuts::unsettled_files(const std::string& watch) const {
    std::set<std::uint64_t> inodes;
    sources_.each_of(watch, [&](const spool::source& what) {
        if (sources_.is_parked(what)) return;
        for (auto& one : what.slices) {
            if (needs_log(one)) inodes.insert(one.identity.inode);
        }
    });
    return inodes;
}

}  // namespace kustodrop::pipeline
