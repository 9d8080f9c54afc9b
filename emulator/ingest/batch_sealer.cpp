#include "emulator/ingest/batch_sealer.hpp"

#include <algorithm>
#include <utility>

namespace kustodrop::emulator {

static constexpr duration look_again = 100ms;

batch_sealer::batch_sealer(
    asio::any_io_executor executor,
    ingest_parts parts,
    messages_in_flight& in_flight,
    work_queue<ingest_job>& jobs
)
    : parts_(parts),
      in_flight_(in_flight),
      jobs_(jobs),
      batches_({.batching = parts.options.batching}),
      changed_(std::move(executor)) {}

bool batch_sealer::add(pending_ingestion& item) {
    bool added = batches_.add(item, parts_.time.now());
    if (added) changed_.notify_all();
    return added;
}

asio::awaitable<void> batch_sealer::run() {
    for (;;) {
        auto now = parts_.time.now();
        auto next = batches_.next_seal();
        if (!next && !parts_.paused) {
            co_await changed_.wait();
            continue;
        }
        if (parts_.paused || *next > now) {
            // A new batch may be due before this one, and a pause ends.
            auto soon = now + look_again;
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
/// pass, also among the tags that are being ingested into it.
asio::awaitable<bool> batch_sealer::is_ingested_already(ingestion_message message) {
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
        if (in_flight_.has_tag(key)) co_return true;
    }
    co_return false;
}

asio::awaitable<ingest_job> batch_sealer::job_of(pending_ingestion item, std::string operation_id) {
    ingest_job job;
    bool skip = co_await is_ingested_already(item.message);
    job.operation_id = operation_id;
    if (skip) {
        job.outcome = new_outcome(parts_, ingestion_status::skipped);
        job.outcome->operation_id = operation_id;
    } else {
        job.tags_in_flight = tag_keys(item.message, item.message.tags);
        in_flight_.add_tags(job.tags_in_flight);
    }
    job.item = std::move(item);
    co_return job;
}

asio::awaitable<void> batch_sealer::seal(std::vector<sealed_batch> batches) {
    // All are checked before the first is ingested: that is what makes a window.
    std::vector<ingest_job> ready;
    for (auto& batch : batches) {
        ++parts_.stats.batches;
        auto operation_id = make_guid(parts_.random);
        for (auto& item : batch.items) {
            auto job = co_await job_of(item, operation_id);
            ready.push_back(std::move(job));
        }
    }
    for (auto& job : ready) {
        auto next = std::move(job);
        co_await jobs_.push(std::move(next));
    }
}

}  // namespace kustodrop::emulator
