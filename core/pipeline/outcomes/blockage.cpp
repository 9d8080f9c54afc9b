#include "pipeline/outcomes/blockage.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <string>

namespace kustodrop::pipeline {

blockage_report::blockage_report(const time_source& time, logger& log, metrics& measured)
    : time_(time), log_(log), measured_(measured) {
    measured_.describe(
        "kustodrop_notifications_blocked", "Foreign notifications that stand in front of ours."
    );
    measured_.describe(
        "kustodrop_notifications_blocked_age_seconds", "The age of the oldest of these."
    );
}

void blockage_report::note(kusto::notification_kind kind, const blockage& found) {
    auto& known = known_[kind];
    bool begins = known.messages == 0 && found.messages > 0;
    known = found;
    auto name = std::string(kusto::to_string(kind));
    auto count = static_cast<double>(found.messages);
    measured_.value("kustodrop_notifications_blocked", {{"kind", name}}).set(count);
    double age = 0;
    if (found.oldest) {
        age = std::chrono::duration<double>(time_.wall_now() - *found.oldest).count();
    }
    measured_.value("kustodrop_notifications_blocked_age_seconds", {{"kind", name}}).set(age);
    if (!begins) return;
    auto problem = trouble();
    log_.warning(
        "notifications blocked: those of other clients stand in front of ours; ours are searched "
        "for",
        {{"kind", name}, {"code", problem->code.text()}, {"detail", problem->message()}}
    );
}

std::optional<failure> blockage_report::trouble() const {
    std::size_t messages = 0;
    std::optional<wall_time> oldest;
    for (auto& [kind, found] : known_) {
        messages += found.messages;
        if (found.oldest) oldest = std::min(oldest.value_or(*found.oldest), *found.oldest);
    }
    if (messages == 0) return std::nullopt;
    auto detail = "at least " + std::to_string(messages) + " notifications of other clients";
    if (oldest) detail += ", the oldest of " + to_iso8601(*oldest).substr(0, 19) + "Z,";
    detail += " stand in front of ours: set notifications.report_method to table, or";
    detail += " notifications.foreign_messages to discard where the queues are yours alone, or use";
    detail += " a cluster of your own";
    return failure{errc::notifications_blocked, remedy::reconfigure, std::move(detail)};
}

}  // namespace kustodrop::pipeline
