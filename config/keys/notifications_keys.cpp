#include "config/keys/make_key.hpp"
#include "config/keys/table.hpp"

namespace kustodrop::config {

using pipeline::outcomes_options;

static void check_notifications(section& notifications, settings& all) {
    auto& out = all.notifications;
    bool wrong =
        notifications.is_wrong("poll_interval") || notifications.is_wrong("outcome_timeout");
    if (wrong || out.outcome_timeout > out.poll_interval) return;
    notifications.error(
        notifications.is_given("outcome_timeout") ? "outcome_timeout" : "poll_interval",
        "outcome_timeout is " + format_duration(out.outcome_timeout) +
            ", which ends before the first poll; use more than poll_interval (" +
            format_duration(out.poll_interval) + ")"
    );
}

static std::vector<key<settings>> notifications_keys() {
    return {
        make_key<settings>(
            "report_level",
            at(&settings::notifications, &outcomes_options::reports),
            choice_form{report_levels},
            "What the service reports about each source."
        ),
        restart(make_key<settings>(
            "report_method",
            at(&settings::notifications, &outcomes_options::method),
            choice_form{report_methods},
            "Where it reports. The queues are shared by all clients of the cluster. A row of the "
            "status table is read by this program only, but costs a request for each look: up to "
            "some 10000 files a day."
        )),
        make_key<settings>(
            "poll_interval",
            at(&settings::notifications, &outcomes_options::poll_interval),
            duration_form{{100ms, 1h}},
            "A poll that found something is repeated at once. When nothing was posted for a long "
            "time, polls are up to six times as rare."
        ),
        make_key<settings>(
            "foreign_messages",
            at(&settings::notifications, &outcomes_options::discard_foreign),
            choice_form{foreign_messages},
            "What happens to other clients' messages in the shared queues."
        ),
        make_key<settings>(
            "outcome_timeout",
            at(&settings::notifications, &outcomes_options::outcome_timeout),
            duration_form{{1s, 24h * 30}},
            "A source without a notification for this time is unconfirmed. Longer than "
            "poll_interval."
        ),
    };
}

key<settings> notifications_section() {
    auto section =
        make_section<settings>("notifications", "How outcomes are learned.", notifications_keys());
    return checked<settings>(std::move(section), check_notifications);
}

}  // namespace kustodrop::config
