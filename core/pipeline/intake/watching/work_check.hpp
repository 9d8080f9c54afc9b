#pragma once

#include "base/time.hpp"
#include "pipeline/roster.hpp"

#include <string>
#include <unordered_set>
#include <vector>

namespace kustodrop::pipeline {

/// Compares what lies in work/ with the sources of the roster. A claim may have moved a file there
/// and reported a failure; without this the file would stay unknown until a restart. Pure.
class work_check {
public:
    bool is_due(time_point now) const { return now >= next_; }
    void begin(time_point now, duration every) { next_ = now + every; }

    /// The files of this listing that no source has, and that none had at the last one: what is
    /// being moved at present is in no two listings.
    std::vector<std::string> unknown(const std::vector<std::string>& locations, roster& sources);
    void forget() { suspects_.clear(); }

private:
    time_point next_{};
    std::unordered_set<std::string> suspects_;
};

}  // namespace kustodrop::pipeline
