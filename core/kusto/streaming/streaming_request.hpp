#pragma once

#include "base/result.hpp"
#include "http/message.hpp"
#include "kusto/cloud.hpp"
#include "kusto/data_format.hpp"

#include <string>
#include <string_view>

/// Streaming ingestion (docs/protocol.md §3.5): the rows themselves in one request to the query
/// endpoint, whose answer is the outcome.
namespace kustodrop::kusto {

/// Where rows are streamed to: the query endpoint of the cluster. Failure "untrusted_host" if no
/// token may go there.
result<http::url> streaming_endpoint(
    const http::url& ingestion_endpoint, const trusted_hosts& trusted
);

/// What is streamed, beside its bytes.
struct streamed_source {
    std::string id;
    unsigned attempt = 1;  // For the service's logs.
    std::string database;
    std::string table;
    data_format format = data_format::csv;
    std::string mapping_reference = {};  // Empty: none.
    bool gzip = false;                   // What the bytes are.
};

/// "/v1/rest/ingest/DATABASE/TABLE?streamFormat=…" at the endpoint.
http::url streaming_target(const http::url& endpoint, const streamed_source& what);

/// The request without its authorization. `bytes` are the caller's until it is answered.
http::request streaming_request(
    const http::url& endpoint,
    const streamed_source& what,
    std::string_view bytes,
    std::string_view client_version
);

}  // namespace kustodrop::kusto
