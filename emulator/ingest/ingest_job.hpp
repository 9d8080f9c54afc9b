#pragma once

#include "emulator/ingest/batching.hpp"
#include "emulator/ingest/ingest_parts.hpp"
#include "emulator/ingest/messages/notification.hpp"

#include <optional>
#include <string>
#include <vector>

namespace kustodrop::emulator {

/// A message whose outcome is known, or is to be decided by ingesting it.
struct ingest_job {
    pending_ingestion item;
    std::string operation_id = {};
    std::optional<ingestion_outcome> outcome = {};  // Nothing: ingest it.
    bool recorded = false;
    std::vector<std::string> tags_in_flight = {};
};

/// An outcome of now with identifiers of its own.
ingestion_outcome new_outcome(const ingest_parts& parts, ingestion_status status);
ingestion_outcome failed_outcome(const ingest_parts& parts, failure why);

}  // namespace kustodrop::emulator
