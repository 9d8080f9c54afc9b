#pragma once

#include "async/clock.hpp"
#include "async/recurring.hpp"
#include "azure/storage/storage_place.hpp"
#include "base/log.hpp"
#include "base/metrics.hpp"
#include "base/result.hpp"
#include "kusto/notifications.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace kustodrop::pipeline {

/// Notifications of other clients that stand in front of ours.
struct blockage {
    std::size_t messages = 0;
    std::optional<wall_time> oldest = {};
};

/// Reports blockages: in the log when the first queue of a kind is blocked and when none is any
/// more, in the metrics and as trouble while one of them is. One that comes back within 10 min is
/// the same.
class blockage_report {
public:
    blockage_report(const time_source& time, logger& log, metrics& measured);

    void note(
        kusto::notification_kind kind, const azure::storage_place& queue, const blockage& found
    );

    /// Forgets every queue but these: the others are no longer listed.
    void keep_only(const std::vector<azure::storage_place>& listed);

    /// "notifications_blocked" while there is one.
    std::optional<failure> trouble() const;

private:
    using place =
        std::pair<kusto::notification_kind, std::string>;  // The queue's account and name.
    blockage total(kusto::notification_kind kind) const;
    void measure(kusto::notification_kind kind);
    void say(const recurring::news& news);

    const time_source& time_;
    logger& log_;
    metrics& measured_;
    std::map<place, blockage> known_;  // The blocked ones alone.
    recurring reports_{{10min, 8}};
};

}  // namespace kustodrop::pipeline
