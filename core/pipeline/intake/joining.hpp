#pragma once

#include "pipeline/intake/grouping.hpp"
#include "pipeline/intake/intake_parts.hpp"
#include "pipeline/routing.hpp"
#include "pipeline/watch/watch_table.hpp"
#include "spool/reading/inspection.hpp"

#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace kustodrop::pipeline {

/// Makes sources of the claimed files of one watch: large ones at once, small ones together with
/// others, after a look into each (docs/configuration.md, coalesce).
class joiner {
public:
    joiner(watch& from, intake_parts parts, routing& next);

    /// The watch's options have changed; send_all() first.
    void set_options();

    /// Takes in a claimed file: it is shipped alone, or waits for others.
    void admit(spool::source what);

    /// Looks into the files that were not looked into yet.
    asio::awaitable<void> inspect();

    /// Ships the groups that are large or old enough, or all.
    void send_closed();
    void send_all();

    /// Ships all groups. Files that were not looked into yet stay in work/ for the next run.
    void close();

    bool is_gathering() const { return !uninspected_.empty() || groups_.next_due(); }
    std::optional<time_point> next_due() const { return groups_.next_due(); }

private:
    struct inspected {
        std::string id;
        spool::slice file;
        small_contents::content held;  // From its claim; none: it is read.
        spool::inspection found = {};
    };
    void ship_alone(spool::source what);
    void gather(spool::source what);
    std::vector<inspected> take_uninspected();
    void group(inspected one);
    void send(const grouping::group& files);

    watch& watch_;
    intake_parts with_;
    routing& next_;
    joining_rules rules_;
    grouping groups_;                      // Claimed files that wait for others,
    std::deque<std::string> uninspected_;  // and those that were not looked into yet.
};

}  // namespace kustodrop::pipeline
