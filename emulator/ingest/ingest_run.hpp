#pragma once

#include "async/clock.hpp"
#include "async/event.hpp"
#include "async/offload.hpp"
#include "async/work_queue.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "emulator/engine/store.hpp"
#include "emulator/ingest/batching.hpp"
#include "emulator/ingest/blob_ingest.hpp"
#include "emulator/ingest/ingest_stats.hpp"
#include "emulator/ingest/notification.hpp"
#include "emulator/ingest/storage_client.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>

namespace kustodrop::emulator {

/// What a run works with; all of it outlives the run.
struct ingest_parts {
    clock& time;
    logger& log;
    worker_pool& pool;
    store& tables;
    const catalog& known;
    const ingestor_options& options;
    const identity_valid& identity;
    const bool& paused;
    ingest_stats& stats;
    random_generator& random;
};

/// One life of the ingestor's loop: takes messages, gathers them into batches, ingests sealed
/// batches, reports and only then deletes each message. A message that is not deleted comes back.
class ingest_run {
public:
    ingest_run(asio::any_io_executor executor, ingest_parts parts, storage_access access);

    /// Until cancelled.
    asio::awaitable<void> run();

private:
    /// A message whose fate is decided, or is to be decided by ingesting it.
    struct job {
        pending_ingestion item;
        std::string operation_id;
        std::optional<ingestion_verdict> verdict;  // Nothing: ingest it.
        bool recorded = false;
        std::vector<std::string> tags_in_flight;
    };
    class turn;

    asio::awaitable<void> poll(std::size_t queue);
    asio::awaitable<void> accept(queued_message message);
    asio::awaitable<void> finish_again(queued_message message, ingestion_record record);
    asio::awaitable<void> seal_batches();
    asio::awaitable<void> seal(std::vector<sealed_batch> batches);
    asio::awaitable<bool> came_in_already(ingestion_message message);

    asio::awaitable<void> work();
    asio::awaitable<void> process(job job);
    asio::awaitable<std::optional<ingestion_verdict>> ingest(
        pending_ingestion item, std::string operation_id
    );
    asio::awaitable<result<downloaded_blob>> download(http::url blob);
    asio::awaitable<result<blob_part>> read_part(
        http::url blob, std::uint64_t offset, std::string etag
    );
    asio::awaitable<bool> record(pending_ingestion item, ingestion_verdict verdict);
    asio::awaitable<bool> report(ingestion_message message, ingestion_verdict verdict);
    asio::awaitable<void> remove(std::string message_id);

    ingestion_verdict failed(failure why);
    ingestion_record record_of(const pending_ingestion& item, const ingestion_verdict& verdict)
        const;
    void check_raw_size(const ingestion_message& message, std::uint64_t raw_bytes);
    void count(const ingestion_verdict& verdict, const ingestion_message& message);
    void let_go(const job& job);

    asio::any_io_executor executor_;
    ingest_parts parts_;
    storage_client storage_;
    batching batches_;
    event batches_changed_;
    work_queue<job> jobs_;
    bool storing_ = false;  // One at a time, so that the pool's other threads stay free.
    event storing_ended_;
    std::map<std::string, queue_ticket> in_hand_;  // By the message's id, with its newest receipt.
    std::multiset<std::string> tags_in_flight_;
};

}  // namespace kustodrop::emulator
