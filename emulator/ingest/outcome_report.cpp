#include "emulator/ingest/outcome_report.hpp"

#include <utility>

namespace kustodrop::emulator {

static constexpr unsigned attempts_of_each_request = 4;
static constexpr duration first_pause = 250ms;

/// Reports to the next of the places that are left. The entity comes first: a client that reads
/// the queue may look there.
asio::awaitable<result<>> outcome_report::report_once(
    ingestion_message message, ingestion_outcome outcome, report_places& left
) {
    result<> done;
    if (left.table) {
        auto text = status_entity_text(message, outcome);
        done = co_await storage_.merge_status(*message.status, text);
        if (done || done.error().next != remedy::retry) left.table = false;
        if (!done) {
            parts_.log.warning("status not written", {{"detail", done.error().detail}});
        }
    } else {
        bool is_failure = outcome.status == ingestion_status::failed;
        auto text = notification_text(message, outcome);
        done = co_await storage_.put_notification(is_failure, text);
        if (done) left.queue = false;
        if (!done) {
            parts_.log.warning("notification not sent", {{"detail", done.error().detail}});
        }
    }
    if (done) ++parts_.stats.notifications;
    co_return done;
}

asio::awaitable<bool> outcome_report::report(ingestion_message message, ingestion_outcome outcome) {
    if (message.id.empty()) co_return true;
    auto left = places_for(message, outcome.status);
    auto pause = first_pause;
    for (unsigned attempt = 1; left.queue || left.table; ++attempt) {
        auto done = co_await report_once(message, outcome, left);
        if (done || (!left.queue && !left.table)) continue;
        if (attempt >= attempts_of_each_request) co_return false;
        auto wake = parts_.time.now() + pause;
        co_await parts_.time.sleep_until(wake);
        pause *= 2;
    }
    if (outcome.status != ingestion_status::failed && !message.retain_blob) {
        // The SAS may not allow it; then the blob ends with its container.
        auto done = co_await storage_.delete_blob(message.blob);
        if (!done) parts_.log.debug("blob not deleted", {{"detail", done.error().detail}});
    }
    co_return true;
}

asio::awaitable<void> outcome_report::delete_message(std::string message_id) {
    auto pause = first_pause;
    for (unsigned attempt = 1; attempt <= attempts_of_each_request; ++attempt) {
        // With the newest receipt: the message may have been delivered again meanwhile.
        auto ticket = in_flight_.newest_ticket(message_id);
        auto done = co_await storage_.delete_message(ticket);
        if (done) co_return;
        parts_.log.info(
            "message not deleted; it is tried again",
            {{"id", message_id}, {"detail", done.error().detail}}
        );
        auto wake = parts_.time.now() + pause;
        co_await parts_.time.sleep_until(wake);
        pause *= 2;
    }
}

}  // namespace kustodrop::emulator
