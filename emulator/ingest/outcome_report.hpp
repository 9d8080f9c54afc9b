#pragma once

#include "emulator/ingest/access/storage_client.hpp"
#include "emulator/ingest/ingest_job.hpp"
#include "emulator/ingest/messages_in_flight.hpp"

#include <string>

namespace kustodrop::emulator {

/// Reports outcomes where their messages ask for it, and deletes the messages afterwards.
class outcome_report {
public:
    outcome_report(ingest_parts parts, storage_client& storage, messages_in_flight& in_flight)
        : parts_(parts), storage_(storage), in_flight_(in_flight) {}

    /// False: it could not be reported, so the message must stay.
    asio::awaitable<bool> report(ingestion_message message, ingestion_outcome outcome);

    /// With a message that cannot be deleted, its next delivery ends the same way.
    asio::awaitable<void> delete_message(std::string message_id);

private:
    asio::awaitable<result<>> report_once(
        ingestion_message message, ingestion_outcome outcome, report_places& left
    );

    ingest_parts parts_;
    storage_client& storage_;
    messages_in_flight& in_flight_;
};

}  // namespace kustodrop::emulator
