#include "kusto/streaming/streaming_request.hpp"

#include "base/text.hpp"
#include "kusto/management.hpp"

namespace kustodrop::kusto {

// As official clients have it: the service ingests before it answers.
static constexpr duration request_timeout = 10min;

result<http::url> streaming_endpoint(
    const http::url& ingestion_endpoint, const trusted_hosts& trusted
) {
    auto place = engine_of(ingestion_endpoint);
    auto allowed = check_endpoint(place, trusted);
    // That it is a query endpoint is what we want here.
    bool is_refused = allowed.has_error() && allowed.error().code != errc::engine_endpoint;
    if (is_refused) return allowed.error();
    return place;
}

http::url streaming_target(const http::url& endpoint, const streamed_source& what) {
    auto path =
        "/v1/rest/ingest/" + percent_encode(what.database) + "/" + percent_encode(what.table);
    auto parameters = "streamFormat=" + std::string(to_string(what.format));
    if (!what.mapping_reference.empty()) {
        parameters += "&mappingName=" + percent_encode(what.mapping_reference);
    }
    return endpoint.with_path(path).with_parameters(parameters);
}

http::request streaming_request(
    const http::url& endpoint,
    const streamed_source& what,
    std::string_view bytes,
    std::string_view client_version
) {
    http::request out;
    out.method = http::verb::post;
    out.target = streaming_target(endpoint, what);
    out.service = "streaming";
    out.operation = "ingest";
    out.idempotent = false;
    out.total_timeout = request_timeout;
    out.borrowed_body = bytes;
    out.headers.add("Accept", "application/json");
    out.headers.add("Content-Type", "application/octet-stream");
    if (what.gzip) out.headers.add("Content-Encoding", "gzip");
    out.headers.add("x-ms-version", "2024-12-12");
    out.headers.add(
        "x-ms-client-request-id",
        "KCC.executeStreamingIngest;" + what.id + ";" + std::to_string(what.attempt)
    );
    out.headers.add("x-ms-app", "kustodrop");
    out.headers.add("x-ms-user", "[none]");
    out.headers.add("x-ms-client-version", version_for_tracing(client_version));
    return out;
}

}  // namespace kustodrop::kusto
