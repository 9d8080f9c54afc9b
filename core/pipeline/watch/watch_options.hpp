#pragma once

#include "base/time.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace kustodrop::pipeline {

/// Where and how the data of a watch lands (docs/architecture.md §2).
struct target {
    std::string database;
    std::string table;
    std::string format;        // The service's word: "json", "csv", …
    std::string extension;     // Of blob names, without the dot; compression adds ".gz".
    bool compressible = true;  // False for formats that the service wants as they are.
    std::string mapping_reference = {};
    std::string mapping_kind = {};  // "Json", "Csv", …; used with a mapping_reference.
    bool ignore_first_record = false;
    std::vector<std::string> tags = {};
    std::string creation_time_pattern = {};
    std::map<std::string, std::string> additional_properties = {};
    // Every message says `ingestIfNotExists` of an `ingest-by:` tag of its own
    // (docs/protocol.md §7.2).
    bool deduplicate = false;
    duration batching_time = 5min;  // What the service may gather for before it ingests.

    std::string name() const { return database + "." + table; }
    friend bool operator==(const target&, const target&) = default;
};

enum class success_action { archive, delete_, keep };
enum class failure_action { quarantine, keep };
enum class unconfirmed_action { keep, archive, repost };
enum class act_time { outcome, posted };
enum class claim_mode { automatic, rename, in_place };

/// How many small files travel in one blob, and how long the first of them waits for others.
struct coalesce_options {
    std::uint64_t max_files = 1;  // 1: each file has a blob of its own.
    std::uint64_t max_bytes = 100u << 20u;
    duration max_age = std::chrono::seconds(30);
};

/// What the pipeline obeys for one watch.
struct watch_options {
    std::string name;
    std::string path;
    std::vector<std::string> include = {};
    std::vector<std::string> exclude = {};
    bool recursive = false;
    duration stable_for = std::chrono::seconds(2);
    std::string done_marker = {};  // ".ok": x is complete when x.ok is there.
    claim_mode claim = claim_mode::automatic;
    bool always_poll = false;
    bool trust_events = false;    // Even where the file system does not tell of every change.
    double min_free_percent = 0;  // Nothing is claimed while less is free.
    duration rescan_every = std::chrono::minutes(1);
    std::uint64_t max_pending_files = 100'000;
    coalesce_options coalesce = {};
    pipeline::target target = {};
    success_action on_success = success_action::archive;
    failure_action on_failure = failure_action::quarantine;
    unconfirmed_action on_unconfirmed = unconfirmed_action::keep;
    act_time act_after = act_time::outcome;
};

}  // namespace kustodrop::pipeline
