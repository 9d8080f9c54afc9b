#include "pipeline/outcomes/blockage.hpp"

#include "azure/storage/sas_rights.hpp"
#include "base/text.hpp"
#include "base/wording/counted.hpp"

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

static void add(blockage& to, const blockage& one) {
    to.messages += one.messages;
    if (one.oldest) to.oldest = std::min(to.oldest.value_or(*one.oldest), *one.oldest);
}

blockage blockage_report::total(kusto::notification_kind kind) const {
    blockage out;
    for (auto& [where, found] : known_) {
        if (where.first == kind) add(out, found);
    }
    return out;
}

void blockage_report::measure(kusto::notification_kind kind) {
    auto found = total(kind);
    metric_labels of{{"kind", std::string(kusto::to_string(kind))}};
    measured_.value("kustodrop_notifications_blocked", of).set(static_cast<double>(found.messages));
    double age = 0;
    if (found.oldest) {
        age = std::chrono::duration<double>(time_.wall_now() - *found.oldest).count();
    }
    measured_.value("kustodrop_notifications_blocked_age_seconds", of).set(age);
}

void blockage_report::note(
    kusto::notification_kind kind, const azure::storage_place& queue, const blockage& found
) {
    place where{kind, azure::key_of(queue)};
    if (found.messages > 0) {
        known_[where] = found;
    } else {
        known_.erase(where);
    }
    measure(kind);
    auto name = std::string(kusto::to_string(kind));
    auto now = time_.now();
    if (found.messages > 0) {
        if (auto news = reports_.failed(name, "blocked", now)) say(*news);
    } else if (total(kind).messages == 0) {
        for (auto& news : reports_.worked(name, now)) say(news);
    }
    for (auto& news : reports_.due(now)) say(news);
}

void blockage_report::say(const recurring::news& news) {
    auto problem = trouble();
    if (news.what == recurring::turn::ended || !problem) {
        log_.info("notifications no longer blocked", {{"kind", news.place}});
        return;
    }
    log_.warning(
        "notifications blocked: those of other clients stand in front of ours; ours are searched "
        "for",
        {{"kind", news.place},
         {"code", problem->code.text()},
         {"detail", problem->message()},
         {"times", std::to_string(news.times)}}
    );
}

void blockage_report::keep_only(const std::vector<azure::storage_place>& listed) {
    auto removed = std::erase_if(known_, [&](auto& one) {
        return std::ranges::none_of(listed, [&](auto& queue) {
            return azure::key_of(queue) == one.first.second;
        });
    });
    if (removed == 0) return;
    measure(kusto::notification_kind::success);
    measure(kusto::notification_kind::failure);
}

std::optional<failure> blockage_report::trouble() const {
    blockage all;
    for (auto& [where, found] : known_) add(all, found);
    auto& [messages, oldest] = all;
    if (messages == 0) return std::nullopt;
    auto detail = "at least " + counted(messages, "notification") + " of other clients";
    if (oldest) detail += ", the oldest of " + to_iso8601(*oldest).substr(0, 19) + "Z,";
    detail += by_number(messages, " stands", " stand");
    detail += " in front of ours: set notifications.report_method to table, or";
    detail += " notifications.foreign_messages to discard where the queues are yours alone, or use";
    detail += " a cluster of your own";
    return failure{errc::notifications_blocked, remedy::reconfigure, std::move(detail)};
}

}  // namespace kustodrop::pipeline
