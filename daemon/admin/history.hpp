#pragma once

#include "base/metrics.hpp"
#include "daemon/admin/status_report.hpp"

#include <cstddef>
#include <deque>
#include <string>

namespace kustodrop::daemon {

/// The state of the whole daemon at one moment. Counts are since the start.
struct history_sample {
    wall_time at{};
    double files_seen = 0;
    double raw_bytes = 0;
    double uploaded_bytes = 0;
    double succeeded = 0;
    double failed = 0;
    double rejected = 0;
    double skipped = 0;
    double unconfirmed = 0;
    double presumed = 0;
    double pending = 0;
    double oldest_age_seconds = 0;
};

/// The counters of all watches, and what the report says, as one sample.
history_sample sample_of(const metrics& measured, const status_report& report);

/// The last hour, a sample every five seconds, for the charts of the status page.
class history {
public:
    static constexpr std::size_t capacity = 720;
    static constexpr duration interval = std::chrono::seconds(5);

    /// Forgets the oldest sample when there are enough.
    void add(const history_sample& sample);

    /// The samples after that moment, as {"interval_seconds", "columns", "rows"}: docs/json.md.
    std::string to_json(wall_time after) const;

    std::size_t size() const { return samples_.size(); }

private:
    std::deque<history_sample> samples_;
};

}  // namespace kustodrop::daemon
