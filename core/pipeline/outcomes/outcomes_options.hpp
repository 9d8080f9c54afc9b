#pragma once

#include "base/backoff.hpp"
#include "base/time.hpp"
#include "kusto/reporting.hpp"

#include <cstddef>

namespace kustodrop::pipeline {

using kusto::report_level;
using kusto::report_method;

struct outcomes_options {
    report_level reports = report_level::all;
    report_method method = report_method::queue;  // table: the status table, one row a post.
    bool discard_foreign = false;  // The queues are ours alone: what is not ours is deleted.
    duration poll_interval = 10s;
    duration outcome_timeout = 2h;
    // How long a post whose answer was lost is held before it is repeated: the shippers' own.
    duration repost_after = 30s;
    duration glance = 3s;                // Hides what is taken with ours; it comes back by itself.
    std::size_t search_messages = 1024;  // A search takes no more from one queue,
    duration search_time = 20s;          // nor longer.
    unsigned resend_limit = 5;           // Uploads or posts again after failures.
    backoff_options resend_backoff = {1s, 5min};
    friend bool operator==(const outcomes_options&, const outcomes_options&) = default;
};

}  // namespace kustodrop::pipeline
