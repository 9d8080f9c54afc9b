#include "pipeline/watch/watch_table.hpp"

#include "spool/source/place.hpp"

namespace kustodrop::pipeline {

std::vector<spool::shared_descriptor> open_folder::files_of(const std::vector<spool::slice>& slices
) const {
    std::vector<spool::shared_descriptor> out;
    for (auto& one : slices) {
        bool is_kept = ranges && spool::is_kept_range(one.location);
        out.push_back(is_kept ? ranges->open(one.location) : logs->find(one));
    }
    return out;
}

}  // namespace kustodrop::pipeline
