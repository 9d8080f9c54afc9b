#pragma once

#include "base/time.hpp"
#include "kusto/target.hpp"
#include "pipeline/targets/target_route.hpp"
#include "pipeline/watch/priority_turns.hpp"
#include "spool/following/looking/rotated_names.hpp"
#include "spool/reading/records/record_reader.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace kustodrop::pipeline {

using kusto::delivery_way;
using kusto::target;

enum class success_action { archive, delete_, keep };
enum class failure_action { quarantine, keep };
enum class unconfirmed_action { keep, archive, repost };
enum class act_time { outcome, posted };
enum class claim_mode { automatic, rename, in_place };
/// How changes in the folder are noticed. `inotify` trusts the events even where the file system
/// does not report every change.
enum class watch_mode { automatic, inotify, poll };

/// How much of a watch may wait to be shipped, and what goes first.
struct backlog_options {
    std::uint64_t max_files = 100'000;  // Claimed and not retired.
    watch_priority priority = watch_priority::normal;
    friend bool operator==(const backlog_options&, const backlog_options&) = default;
};

/// How many small files travel in one blob, and how long the first of them waits for others.
struct coalesce_options {
    std::uint64_t max_files = 1;  // 1: each file has a blob of its own.
    std::uint64_t max_bytes = 100u << 20u;
    duration max_age = std::chrono::seconds(30);
    friend bool operator==(const coalesce_options&, const coalesce_options&) = default;
};

/// Where a watch ships to while its cluster does not work.
struct failover_options {
    std::string to = {};  // A cluster's name in the configuration; empty: it waits.
    duration after = std::chrono::minutes(15);  // So long nothing got through to its own.
    friend bool operator==(const failover_options&, const failover_options&) = default;
};

/// What a watch does with the files of its folder: each is finished when it is shipped, or logs
/// are shipped as they grow.
enum class watch_kind { drop, follow };
/// Where logs begin that are there when a watch follows them for the first time.
enum class start_place { beginning, end };

/// When what was added to logs is cut into a source.
struct cut_options {
    std::uint64_t max_bytes = 100u << 20u;
    duration max_age = std::chrono::minutes(1);
    friend bool operator==(const cut_options&, const cut_options&) = default;
};

/// How much is held open of logs that are deleted before they were read.
struct hold_options {
    std::uint64_t max_files = 4096;  // Files of the watch that are open at a time.
    std::uint64_t max_bytes = 1u << 30u;
    duration max_time = std::chrono::hours(1);
    friend bool operator==(const hold_options&, const hold_options&) = default;
};

/// Of a watch that follows logs: what is written into the state directory of logs that exceed what
/// is held.
struct spill_options {
    std::uint64_t max_bytes = 1u << 30u;  // Compressed; 0: nothing.
    friend bool operator==(const spill_options&, const spill_options&) = default;
};

struct follow_options {
    start_place start = start_place::beginning;
    spool::rotated_names rotated = {};
    duration record_wait = std::chrono::seconds(5);  // Of the unfinished end of a rotated log.
    std::uint64_t max_record_bytes = 1u << 20u;
    std::uint64_t max_logs = 20'000;
    spool::record_rules records = {};       // Their max_record is max_record_bytes.
    std::vector<std::string> columns = {};  // See spool::parse_column(); none: bytes as they are.
    cut_options cut = {};
    hold_options hold = {};
    spill_options spill = {};
    friend bool operator==(const follow_options&, const follow_options&) = default;
};

/// One watch: a folder, its target and the rules for its files; large because each is a key.
struct watch_options {
    std::string name;
    std::string path;  // Absolute, normal, without a slash at the end.
    watch_kind kind = watch_kind::drop;
    std::string cluster = {};  // Its name in the configuration; empty: the only one.
    failover_options failover = {};
    follow_options follow = {};
    std::vector<std::string> include{"*"};
    std::vector<std::string> exclude = {};
    bool recursive = false;
    watch_mode mode = watch_mode::automatic;
    duration stable_for = std::chrono::seconds(2);
    std::string done_marker = {};  // ".ok": x is complete when x.ok is there.
    claim_mode claim = claim_mode::automatic;
    double min_free_percent = 0;  // While less is free, the watch is low on space.
    backlog_options backlog = {};
    coalesce_options coalesce = {};
    pipeline::target target = {};  // With a route its texts may have captures.
    route_options route = {};
    success_action on_success = success_action::archive;
    failure_action on_failure = failure_action::quarantine;
    unconfirmed_action on_unconfirmed = unconfirmed_action::keep;
    act_time act_after = act_time::outcome;
    friend bool operator==(const watch_options&, const watch_options&) = default;
};

}  // namespace kustodrop::pipeline
