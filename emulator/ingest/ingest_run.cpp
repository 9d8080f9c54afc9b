#include "emulator/ingest/ingest_run.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <utility>

namespace kustodrop::emulator {

static constexpr std::size_t workers = 16;
static constexpr std::size_t max_in_hand = 20'000;
static constexpr duration first_idle = 100ms;
static constexpr duration longest_idle = 1s;
static constexpr std::uint32_t max_deliveries = 10;

ingest_run::ingest_run(asio::any_io_executor executor, ingest_parts parts, storage_access access)
    : executor_(executor),
      parts_(parts),
      storage_(std::move(access), parts.time),
      batches_({.batching = parts.options.batching}),
      batches_changed_(executor),
      jobs_(executor, 4 * workers),
      storing_ended_(executor) {}

asio::awaitable<void> ingest_run::run() {
    std::vector<asio::awaitable<void>> tasks;
    for (std::size_t i = 0; i < storage_.ready_queues(); ++i) tasks.push_back(poll(i));
    tasks.push_back(seal_batches());
    for (std::size_t i = 0; i < workers; ++i) tasks.push_back(work());

    auto start = [this](asio::awaitable<void> task) {
        return asio::co_spawn(executor_, std::move(task), asio::deferred);
    };
    std::vector<decltype(start(poll(0)))> operations;
    for (auto& task : tasks) operations.push_back(start(std::move(task)));
    auto group = asio::experimental::make_parallel_group(std::move(operations));
    auto until = asio::experimental::wait_for_one_error();
    auto [order, errors] = co_await group.async_wait(until, asio::use_awaitable);
    // The first to end says why; the others were cancelled because of it.
    for (auto index : order) {
        if (errors[index]) std::rethrow_exception(errors[index]);
    }
}

/// Takes messages from one queue for as long as there is room for them.
asio::awaitable<void> ingest_run::poll(std::size_t queue) {
    // Hidden while they wait for their batch and a minute for the rest. One that takes longer is
    // given out again, known again, and its newest receipt deletes it.
    auto hidden = std::chrono::duration_cast<std::chrono::seconds>(parts_.options.batching) + 60s;
    auto idle = first_idle;
    for (;;) {
        auto wake = parts_.time.now() + first_idle;
        bool paused = parts_.paused && !storage_.is_heard();
        if (paused || in_hand_.size() >= max_in_hand) {
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
            parts_.log.warning("no messages", {{"why", taken.error().detail}});
            idle = longest_idle;
        }
        wake = parts_.time.now() + idle;
        co_await parts_.time.sleep_until(wake);
        idle = std::min<duration>(idle * 3 / 2, longest_idle);
    }
}

ingestion_verdict ingest_run::failed(failure why) {
    ingestion_verdict out;
    out.status = ingestion_status::failed;
    out.why = std::move(why);
    out.operation_id = make_guid(parts_.random);
    out.activity_id = make_guid(parts_.random);
    out.at = parts_.time.wall_now();
    return out;
}

asio::awaitable<void> ingest_run::accept(queued_message taken) {
    auto ticket = taken.ticket;
    auto [known, is_new] = in_hand_.insert_or_assign(ticket.message_id, ticket);
    if (!is_new) {
        ++parts_.stats.redelivered;
        co_return;
    }
    ++parts_.stats.in_hand;
    if (ticket.dequeue_count == 1) storage_.tell(taken);
    if (ticket.dequeue_count > 1) {
        auto find = [this, id = ticket.message_id] { return parts_.tables.find_message(id); };
        auto record = co_await offload(parts_.pool, std::move(find));
        if (record) {
            ++parts_.stats.redelivered;
            co_await finish_again(std::move(taken), std::move(*record));
            co_return;
        }
    } else {
        ++parts_.stats.received;
    }
    auto checked = check_message(taken.text, parts_.known, parts_.identity);
    job one;
    one.item.ticket = ticket;
    one.item.message = std::move(checked.message);
    if (checked.refusal) {
        one.verdict = failed(std::move(*checked.refusal));
    } else if (ticket.dequeue_count > max_deliveries) {
        failure why{
            service_code("General_RetryAttemptsExceeded"), remedy::retry, "Every attempt failed."};
        one.verdict = failed(std::move(why));
    } else if (batches_.add(one.item, parts_.time.now())) {
        batches_changed_.notify_all();
        co_return;
    } else {
        ++parts_.stats.duplicates_in_batch;
        failure why{
            service_code("BlobAlreadyReceived_BlobAlreadyFoundInBatch"),
            remedy::give_up,
            "The blob is in the same batch already; this copy was dropped."};
        one.verdict = failed(std::move(why));
    }
    co_await jobs_.push(std::move(one));
}

/// A message that was recorded but not deleted, because its report or its deletion failed, or
/// because the process ended in between: reports it again, ingests nothing.
asio::awaitable<void> ingest_run::finish_again(queued_message taken, ingestion_record record) {
    job one;
    one.item.ticket = taken.ticket;
    one.item.message = check_message(taken.text, parts_.known, parts_.identity).message;
    one.recorded = true;
    failure why{service_code(record.code), remedy::give_up, record.details};
    auto verdict = failed(std::move(why));
    verdict.operation_id = record.operation_id;
    if (record.status == "succeeded") verdict.status = ingestion_status::succeeded;
    if (record.status == "skipped") verdict.status = ingestion_status::skipped;
    one.verdict = std::move(verdict);
    co_await jobs_.push(std::move(one));
}

asio::awaitable<void> ingest_run::seal_batches() {
    for (;;) {
        auto now = parts_.time.now();
        auto next = batches_.next_seal();
        if (!next && !parts_.paused) {
            co_await batches_changed_.wait();
            continue;
        }
        if (parts_.paused || *next > now) {
            // Looks again soon: a new batch may be due before this one, and a pause ends.
            auto soon = now + first_idle;
            auto wake = next && !parts_.paused ? std::min(*next, soon) : soon;
            co_await parts_.time.sleep_until(wake);
            continue;
        }
        auto sealed = batches_.seal(now);
        co_await seal(std::move(sealed));
    }
}

static std::vector<std::string> tag_keys(
    const ingestion_message& message, const std::vector<std::string>& tags
) {
    std::vector<std::string> out;
    for (auto& tag : tags) out.push_back(message.database + "\n" + message.table + "\n" + tag);
    return out;
}

/// Whether `ingestIfNotExists` finds its tag: in the table, and unless two in one window may both
/// pass, also on what is on its way into it.
asio::awaitable<bool> ingest_run::came_in_already(ingestion_message message) {
    if (message.ingest_if_not_exists.empty()) co_return false;
    table_schema table{message.database, message.table, {}};
    auto look = [this, table, values = message.ingest_if_not_exists] {
        return parts_.tables.has_any_tag(table, values);
    };
    bool found = co_await offload(parts_.pool, std::move(look));
    if (found || parts_.options.both_pass_in_one_window) co_return found;
    std::vector<std::string> tags;
    for (auto& value : message.ingest_if_not_exists) tags.push_back("ingest-by:" + value);
    for (auto& key : tag_keys(message, tags)) {
        if (tags_in_flight_.contains(key)) co_return true;
    }
    co_return false;
}

asio::awaitable<void> ingest_run::seal(std::vector<sealed_batch> batches) {
    // All are judged before the first is ingested: that is what makes a window.
    std::vector<job> ready;
    for (auto& batch : batches) {
        ++parts_.stats.batches;
        auto operation_id = make_guid(parts_.random);
        for (auto& item : batch.items) {
            job one;
            bool skip = co_await came_in_already(item.message);
            one.operation_id = operation_id;
            if (skip) {
                failure none;
                auto verdict = failed(std::move(none));
                verdict.status = ingestion_status::skipped;
                verdict.operation_id = operation_id;
                one.verdict = std::move(verdict);
            } else {
                one.tags_in_flight = tag_keys(item.message, item.message.tags);
                for (auto& key : one.tags_in_flight) tags_in_flight_.insert(key);
            }
            one.item = std::move(item);
            ready.push_back(std::move(one));
        }
    }
    for (auto& one : ready) {
        auto next = std::move(one);
        co_await jobs_.push(std::move(next));
    }
}

}  // namespace kustodrop::emulator
