#pragma once

#include "async/work_queue.hpp"
#include "emulator/ingest/access/storage_client.hpp"
#include "emulator/ingest/batch_sealer.hpp"
#include "emulator/ingest/ingest_job.hpp"
#include "emulator/ingest/messages_in_flight.hpp"

#include <cstddef>

namespace kustodrop::emulator {

/// Takes messages from the ready queues, checks them, and passes them on: to a batch, or where
/// their outcome is already known, straight to the workers.
class message_intake {
public:
    message_intake(
        ingest_parts parts,
        storage_client& storage,
        messages_in_flight& in_flight,
        batch_sealer& batches,
        work_queue<ingest_job>& jobs
    )
        : parts_(parts), storage_(storage), in_flight_(in_flight), batches_(batches), jobs_(jobs) {}

    /// Polls one queue until cancelled.
    asio::awaitable<void> run(std::size_t queue);

private:
    asio::awaitable<void> accept(queued_message message);
    asio::awaitable<bool> is_finished_again(queued_message message);

    ingest_parts parts_;
    storage_client& storage_;
    messages_in_flight& in_flight_;
    batch_sealer& batches_;
    work_queue<ingest_job>& jobs_;
};

}  // namespace kustodrop::emulator
