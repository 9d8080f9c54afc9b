#pragma once

#include "pipeline/watch/watch_options.hpp"
#include "spool/source/sighting.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace kustodrop::pipeline {

/// What a look at a watch's folder showed.
struct plan_facts {
    watch_options watch;
    std::vector<spool::sighting> files;
    bool truncated = false;                     // There are more than were looked at.
    std::vector<std::string> met_targets = {};  // That the daemon has met by the route.
    std::map<std::string, std::string> dealt_with =
        {};  // Files that stay, and what became of them.
};

struct planned_file {
    std::string name;
    std::uint64_t size_bytes = 0;
    std::string why_not;  // Empty: it is shipped.
};

/// Files that become one source: one blob, one ingestion message.
struct planned_source {
    std::vector<planned_file> files;
    std::uint64_t size_bytes = 0;
    std::string target = {};
};

struct watch_plan {
    std::string watch;
    std::string path;
    std::string target;
    std::string cluster;  // Empty: the only one.
    std::string format;
    std::string problem;  // Why the folder cannot be looked at; empty: it was.
    std::vector<planned_source> sources;
    std::vector<planned_file> left;
    bool truncated = false;
};

/// What would be shipped where, and what would stay and why, by the rules of `explain`. Does not
/// distinguish files that are still being written from complete ones: that takes time. Pure.
watch_plan plan(const plan_facts& facts);

}  // namespace kustodrop::pipeline
