#pragma once

#include "async/event.hpp"
#include "async/work_queue.hpp"
#include "emulator/ingest/blobs/blob_download.hpp"
#include "emulator/ingest/blobs/blob_ingest.hpp"
#include "emulator/ingest/ingest_job.hpp"
#include "emulator/ingest/messages_in_flight.hpp"
#include "emulator/ingest/outcome_report.hpp"

#include <optional>
#include <string>

namespace kustodrop::emulator {

/// Ingests the blobs of messages, records and reports the outcomes, and only then deletes each
/// message. A message that is not deleted is delivered again.
class ingest_worker {
public:
    ingest_worker(
        asio::any_io_executor executor,
        ingest_parts parts,
        storage_client& storage,
        messages_in_flight& in_flight,
        work_queue<ingest_job>& jobs
    );

    /// Until cancelled or the jobs end; may run several times at once.
    asio::awaitable<void> run();

private:
    class storing_turn;

    asio::awaitable<void> process(ingest_job job);
    asio::awaitable<std::optional<ingestion_outcome>> ingest(
        pending_ingestion item, std::string operation_id
    );
    asio::awaitable<result<blob_ingest_result>> store_rows(
        pending_ingestion item, ingestion_outcome& outcome
    );
    asio::awaitable<bool> record(pending_ingestion item, ingestion_outcome outcome);
    void count_rows(const ingestion_message& message, const blob_ingest_result& stored);
    void check_raw_size(const ingestion_message& message, std::uint64_t raw_bytes);
    void count(const ingestion_outcome& outcome, const ingestion_message& message);
    void release(const ingest_job& job);

    ingest_parts parts_;
    messages_in_flight& in_flight_;
    work_queue<ingest_job>& jobs_;
    blob_download blobs_;
    outcome_report reports_;
    bool storing_ = false;  // One at a time, so that the pool's other threads stay free.
    event storing_ended_;
};

}  // namespace kustodrop::emulator
