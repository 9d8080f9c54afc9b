#pragma once

#include "kusto/ingestion_message.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_set>
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

/// The blobs of one request as they gather: all share what it says, they are within the limits, and
/// no URL comes twice. The first one is in it whatever its size.
class request_group {
public:
    request_group(ingestion_request first, const request_limits& limits);

    bool takes(const ingestion_request& one) const;
    void add(ingestion_request one);  ///< One that it takes.

    /// Whether it takes none of any kind.
    bool is_full() const;

    const std::vector<ingestion_request>& members() const { return members_; }

private:
    request_limits limits_;
    std::vector<ingestion_request> members_;
    std::unordered_set<std::string> places_;  // Without their SAS.
    std::uint64_t raw_bytes_ = 0;
};

/// The body of `POST /v1/rest/ingestion/queued/{database}/{table}` (docs/protocol.md §3.4) for
/// requests that may share one. Not empty. Secret, for it holds the SAS of each blob.
std::string rest_body(const std::vector<ingestion_request>& group);

/// Its path, and that of the status of an operation: every segment encoded.
std::string rest_path(const std::string& database, const std::string& table);
std::string operation_path(
    const std::string& database, const std::string& table, const std::string& operation
);

}  // namespace kustodrop::kusto
