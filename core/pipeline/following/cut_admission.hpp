#pragma once

#include "pipeline/following/cutter.hpp"
#include "pipeline/following/log_measures.hpp"
#include "pipeline/following/log_reports.hpp"
#include "pipeline/following/unposted_cuts.hpp"
#include "pipeline/intake/intake_parts.hpp"
#include "pipeline/watch/watch_table.hpp"
#include "spool/following/looking/followed_logs.hpp"

#include <string_view>
#include <vector>

namespace kustodrop::pipeline {

/// What a cut of a watch is counted and reported by.
struct cut_parts {
    cutter& deciding;
    log_reports& reports;
    log_measures& counted;
    unposted_cuts& unposted;
};

/// Makes sources of ranges of logs: each is recorded together with the new positions of its logs,
/// and waits for a shipper.
class cut_admission {
public:
    cut_admission(watch& from, intake_parts parts, cut_parts of)
        : watch_(from), with_(parts), of_(of) {}

    using ranges = std::vector<spool::followed_logs::found_range>;

    /// `reason`: why they were cut. One range after the other of a log, and of each log one at
    /// most.
    void admit(spool::followed_logs& logs, ranges found, std::string_view reason);

    /// A range of a log that is not known, which is read from where it is.
    void admit_unknown(spool::slice range);

private:
    spool::source new_source() const;
    void make_ready(spool::source& admitted);
    void admit_source(spool::followed_logs& logs, ranges found, std::string_view reason);

    watch& watch_;
    intake_parts with_;
    cut_parts of_;
};

}  // namespace kustodrop::pipeline
