#include "pipeline/watch/watch_table.hpp"

#include "spool/source/place.hpp"

namespace kustodrop::pipeline {

std::vector<spool::shared_descriptor> open_folder::files_of(const std::vector<spool::slice>& slices
) const {
    std::vector<spool::shared_descriptor> out;
    for (auto& one : slices) {
        if (ranges && spool::is_kept_range(one.location)) {
            out.push_back(ranges->open(one.location));
        } else if (spilled && spool::is_spilled(one.location)) {
            out.push_back(spilled->open(one.location));
        } else {
            out.push_back(logs->find(one));
        }
    }
    return out;
}

}  // namespace kustodrop::pipeline
