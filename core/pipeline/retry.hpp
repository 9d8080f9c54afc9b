#pragma once

#include "async/clock.hpp"
#include "async/offload.hpp"
#include "base/log.hpp"
#include "base/metrics.hpp"
#include "base/random.hpp"
#include "pipeline/ready_queue.hpp"
#include "pipeline/roster.hpp"
#include "pipeline/watch/watch_table.hpp"

#include <optional>
#include <string>
#include <vector>

namespace kustodrop::pipeline {

/// Which files `kustodrop retry` is about; all that is given must match.
struct retry_request {
    std::optional<std::string> watch;
    std::optional<std::string> source_id;
    std::optional<std::string> code;
};

/// One file that is on its way again, or why it does not.
struct retried {
    std::string watch;
    std::string source_id;
    std::string file;
    std::string code;     // The service's or ours, of the outcome that is to be overcome.
    std::string problem;  // Empty: it is on its way.
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
};

/// Claims files again that are in quarantine or were kept after a failure, under original names,
/// whatever the rules of their watch say of them, and sends unconfirmed ones again under their ids,
/// which may be a duplicate. Of a file of which a part had succeeded only the rest is sent. Of the
/// paused watches the one that is asked for resumes, and those of the files that match.
asio::awaitable<result<std::vector<retried>>> retry(retry_parts with, retry_request wanted);

}  // namespace kustodrop::pipeline
