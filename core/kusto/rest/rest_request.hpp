#pragma once

#include "kusto/ingestion_message.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace kustodrop::kusto {

/// What one request to ingest may hold.
struct request_limits {
    std::size_t blobs = 20;
    std::uint64_t raw_bytes = 6'442'450'944;
};

/// Whether both may be blobs of one request: what it says is said of all of them. Those that are
/// deduplicated go alone, for the first one's success would suppress the others.
bool may_share(const ingestion_request& one, const ingestion_request& other);

/// How many of `waiting`, from the first on, go into the next request: all that share what it
/// says, in their order, within the limits and with no URL twice. At least one unless none waits.
std::vector<std::size_t> next_group(
    const std::vector<ingestion_request>& waiting, const request_limits& limits
);

/// The body of `POST /v1/rest/ingestion/queued/{database}/{table}` (docs/protocol.md §3.4) for
/// requests that may share one. Not empty. Secret, for it holds the SAS of each blob.
std::string rest_body(const std::vector<ingestion_request>& group);

/// Its path, and that of the status of an operation: every segment encoded.
std::string rest_path(const std::string& database, const std::string& table);
std::string operation_path(
    const std::string& database, const std::string& table, const std::string& operation
);

}  // namespace kustodrop::kusto
