#include "emulator/ingest/message_intake.hpp"

#include <algorithm>
#include <utility>

namespace kustodrop::emulator {

static constexpr std::size_t max_in_flight = 20'000;
static constexpr duration first_idle = 100ms;
static constexpr duration longest_idle = 1s;
static constexpr std::uint32_t max_deliveries = 10;

asio::awaitable<void> message_intake::run(std::size_t queue) {
    // Hidden while they wait for their batch and a minute for the rest. One that takes longer is
    // delivered again, recognised, and its newest receipt deletes it.
    auto hidden = std::chrono::duration_cast<std::chrono::seconds>(parts_.options.batching) + 60s;
    auto idle = first_idle;
    for (;;) {
        auto wake = parts_.time.now() + first_idle;
        bool paused = parts_.paused && !storage_.reports_received();
        if (paused || in_flight_.size() >= max_in_flight) {
            co_await parts_.time.sleep_until(wake);
            continue;
        }
        auto taken = co_await storage_.take_messages(queue, hidden);
        if (taken && !taken->empty()) {
            idle = first_idle;
            for (auto& message : *taken) {
                auto one = std::move(message);
                co_await accept(std::move(one));
            }
            continue;
        }
        if (!taken) {
            parts_.log.warning(
                "ready queue cannot be read; it is polled again", {{"detail", taken.error().detail}}
            );
            idle = longest_idle;
        }
        wake = parts_.time.now() + idle;
        co_await parts_.time.sleep_until(wake);
        idle = std::min<duration>(idle * 3 / 2, longest_idle);
    }
}

/// A message that was recorded but not deleted, because its report or its deletion failed or the
/// process ended in between, is reported again and not ingested.
asio::awaitable<bool> message_intake::is_finished_again(queued_message taken) {
    auto find = [this, id = taken.ticket.message_id] { return parts_.tables.find_message(id); };
    auto record = co_await offload(parts_.pool, std::move(find));
    if (!record) co_return false;
    ++parts_.stats.redelivered;
    ingest_job job;
    job.item.ticket = taken.ticket;
    job.item.message = check_message(taken.text, parts_.known, parts_.identity).message;
    job.recorded = true;
    failure why{service_code(record->code), remedy::give_up, record->details};
    auto outcome = failed_outcome(parts_, std::move(why));
    outcome.operation_id = record->operation_id;
    if (record->status == "succeeded") outcome.status = ingestion_status::succeeded;
    if (record->status == "skipped") outcome.status = ingestion_status::skipped;
    job.outcome = std::move(outcome);
    co_await jobs_.push(std::move(job));
    co_return true;
}

asio::awaitable<void> message_intake::accept(queued_message taken) {
    auto ticket = taken.ticket;
    if (!in_flight_.add(ticket)) {
        ++parts_.stats.redelivered;
        co_return;
    }
    ++parts_.stats.in_hand;
    if (ticket.dequeue_count > 1) {
        bool finished = co_await is_finished_again(taken);
        if (finished) co_return;
    } else {
        storage_.report_received(taken);
        ++parts_.stats.received;
    }
    auto checked = check_message(taken.text, parts_.known, parts_.identity);
    ingest_job job;
    job.item.ticket = ticket;
    job.item.message = std::move(checked.message);
    if (checked.refusal) {
        job.outcome = failed_outcome(parts_, std::move(*checked.refusal));
    } else if (ticket.dequeue_count > max_deliveries) {
        failure why{
            service_code("General_RetryAttemptsExceeded"), remedy::retry, "Every attempt failed."};
        job.outcome = failed_outcome(parts_, std::move(why));
    } else if (batches_.add(job.item)) {
        co_return;
    } else {
        ++parts_.stats.duplicates_in_batch;
        failure why{
            service_code("BlobAlreadyReceived_BlobAlreadyFoundInBatch"),
            remedy::give_up,
            "The blob is in the same batch already; this copy was dropped."};
        job.outcome = failed_outcome(parts_, std::move(why));
    }
    co_await jobs_.push(std::move(job));
}

}  // namespace kustodrop::emulator
