#pragma once

#include "async/event.hpp"
#include "async/work_queue.hpp"
#include "emulator/ingest/ingest_job.hpp"
#include "emulator/ingest/messages_in_flight.hpp"

#include <vector>

namespace kustodrop::emulator {

/// Gathers checked messages into batches and passes on the messages of the batches that are due.
class batch_sealer {
public:
    batch_sealer(
        asio::any_io_executor executor,
        ingest_parts parts,
        messages_in_flight& in_flight,
        work_queue<ingest_job>& jobs
    );

    /// False: the message's blob or id is in the same batch already.
    bool add(pending_ingestion& item);

    /// Until cancelled.
    asio::awaitable<void> run();

private:
    asio::awaitable<void> seal(std::vector<sealed_batch> batches);
    asio::awaitable<ingest_job> job_of(pending_ingestion item, std::string operation_id);
    asio::awaitable<bool> is_ingested_already(ingestion_message message);

    ingest_parts parts_;
    messages_in_flight& in_flight_;
    work_queue<ingest_job>& jobs_;
    batching batches_;
    event changed_;
};

}  // namespace kustodrop::emulator
