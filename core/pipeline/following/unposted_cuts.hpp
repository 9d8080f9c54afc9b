#pragma once

#include "pipeline/roster.hpp"

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>

namespace kustodrop::pipeline {

/// The cuts of a watch that are not posted: their bytes may have to be read again, from the logs.
/// One that was spilled needs no log, and holds up no other.
class unposted_cuts {
public:
    explicit unposted_cuts(roster& sources) : sources_(sources) {}

    void add(const std::string& source_id);

    /// Their number, without those that were posted meanwhile.
    std::size_t count();

    /// The inodes of their files.
    std::set<std::uint64_t> files();

    /// The inodes of the files of all sources of a watch that have no outcome yet.
    std::set<std::uint64_t> unsettled_files(const std::string& watch) const;

private:
    roster& sources_;
    std::set<std::string> ids_;
};

}  // namespace kustodrop::pipeline
