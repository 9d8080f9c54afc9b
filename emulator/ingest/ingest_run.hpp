#pragma once

#include "async/work_queue.hpp"
#include "emulator/ingest/access/storage_client.hpp"
#include "emulator/ingest/batch_sealer.hpp"
#include "emulator/ingest/ingest_worker.hpp"
#include "emulator/ingest/message_intake.hpp"

namespace kustodrop::emulator {

/// One run of the ingestor: messages are taken, gathered into batches, ingested, reported and
/// deleted.
class ingest_run {
public:
    ingest_run(asio::any_io_executor executor, ingest_parts parts, storage_access access);

    /// Until cancelled.
    asio::awaitable<void> run();

private:
    asio::any_io_executor executor_;
    storage_client storage_;
    messages_in_flight in_flight_;
    work_queue<ingest_job> jobs_;
    batch_sealer batches_;
    message_intake intake_;
    ingest_worker worker_;
};

}  // namespace kustodrop::emulator
