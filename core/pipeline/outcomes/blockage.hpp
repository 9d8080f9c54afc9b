#pragma once

#include "async/clock.hpp"
#include "base/log.hpp"
#include "base/metrics.hpp"
#include "base/result.hpp"
#include "kusto/notifications.hpp"

#include <cstddef>
#include <map>
#include <optional>

namespace kustodrop::pipeline {

/// Notifications of other clients that stand in front of ours.
struct blockage {
    std::size_t messages = 0;
    std::optional<wall_time> oldest = {};
};

/// Reports blockages: in the log when one begins, in the metrics and as trouble while it lasts.
class blockage_report {
public:
    blockage_report(const time_source& time, logger& log, metrics& measured);

    void note(kusto::notification_kind kind, const blockage& found);

    /// "notifications_blocked" while there is one.
    std::optional<failure> trouble() const;

private:
    const time_source& time_;
    logger& log_;
    metrics& measured_;
    std::map<kusto::notification_kind, blockage> known_;
};

}  // namespace kustodrop::pipeline
