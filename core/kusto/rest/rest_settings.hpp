#pragma once

#include "base/result.hpp"
#include "base/time.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace kustodrop::kusto {

enum class transport { queued, rest };

/// What the answer to `GET /v1/rest/ingestion/configuration` says of requests to ingest
/// (docs/protocol.md §3.4). Its containers are those of `.get ingestion resources`.
struct rest_settings {
    transport preferred = transport::queued;
    std::size_t max_blobs = 20;                   // Of one request.
    std::uint64_t max_data_size = 6'442'450'944;  // Uncompressed, of one request.
    duration refresh_interval = 1h;               // Between 10 min and 1 h.
};

/// Every member may be missing, null, or spelled otherwise: then it keeps its default. Failure
/// "bad_answer" if it is not such a document, "answer_too_large" above 8 MiB.
result<rest_settings> parse_rest_settings(std::string_view body);

/// A .NET TimeSpan, "[d.]hh:mm:ss[.fraction]", or whole seconds; nothing unless it is positive.
std::optional<duration> parse_time_span(std::string_view text);

}  // namespace kustodrop::kusto
