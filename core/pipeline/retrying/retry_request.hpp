#pragma once

#include "async/clock.hpp"
#include "async/offload.hpp"
#include "base/log.hpp"
#include "base/metrics.hpp"
#include "base/random.hpp"
#include "pipeline/ready_queue.hpp"
#include "pipeline/roster.hpp"
#include "pipeline/watch/watch_table.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace kustodrop::pipeline {

/// Which files `kustodrop retry` is about; all that is given must match.
struct retry_request {
    std::optional<std::string> watch;
    std::optional<std::string> source_id;
    std::optional<std::string> code;
    std::optional<std::string> file;  // A glob, as base/glob.hpp has it.
    bool dry_run = false;             // Says what would be done, and does nothing.
};

/// One file that is on its way again, or would be, or why it is not.
struct retried {
    std::string watch;
    std::string source_id;
    std::string file;
    std::string code;     // The service's or ours, of the outcome that is to be overcome.
    std::string problem;  // Empty: it is on its way.
};

/// A watch that has files to send again, and why they are not served: its folder is not open.
struct unserved_watch {
    std::string watch;
    failure why;
};

struct retry_report {
    std::vector<retried> files;
    std::vector<unserved_watch> left_out;
    std::size_t expired = 0;  // Files that are not there any more: retention or someone deleted
                              // them. Not among `files`.
};

struct retry_parts {
    roster& sources;
    ready_queue& ready;
    watch_table& watches;
    spool::journal& journal;
    worker_pool& pool;
    clock& time;
    random_generator& random;
    logger& log;
    metrics& measured;

    /// Why nothing can be done in a watch's folder, if so. Empty: nothing is known.
    std::function<std::optional<failure>(const std::string& watch)> folder_trouble = {};
};

/// Whether the file of that name, or where it lies below the watch's folder, is asked for.
bool matches_file(const retry_request& wanted, const spool::slice& file);

}  // namespace kustodrop::pipeline
