#pragma once

#include "emulator/ingest/ingestor.hpp"
#include "emulator/rest/rest_control.hpp"
#include "emulator/rest/streaming_service.hpp"

#include <optional>
#include <string>

namespace kustodrop::emulator {

/// What ingestion by REST and streaming stand on; all of it outlives them.
struct rest_foundation {
    kustodrop::clock& clock;
    random_generator& random;
    const layout& resources;
    storage_database& database;
    queue_store& queues;
    const token_issuer& tokens;
    emulator::ingestor* ingestor = nullptr;  // Nothing: operations never end.
    std::string identity_token = {};
    std::optional<duration> discard = {};
    bool external_storage = false;
};

/// Ingestion by REST, streaming ingestion, and what controls both. The options may change.
struct rest_parts {
    rest_parts(const rest_foundation& on, rest_options& rest, streaming_options& streams);

    rest_service queued;
    streaming_service streaming;
    rest_control control;
};

}  // namespace kustodrop::emulator
