#include "emulator/rest/streaming_service.hpp"

#include "emulator/identity/bearer.hpp"
#include "emulator/rest/rest_errors.hpp"

#include <utility>

namespace kustodrop::emulator {

/// One of the requests that are ingested at the same time.
class streaming_service::running_request {
public:
    explicit running_request(streaming_service& owner) : owner_(owner) { ++owner_.running_; }
    ~running_request() { --owner_.running_; }
    running_request(const running_request&) = delete;
    running_request& operator=(const running_request&) = delete;

private:
    streaming_service& owner_;
};

bool streaming_service::owns(const exchange& one) {
    return one.path.starts_with("/v1/rest/ingest/");
}

void streaming_service::classify(exchange& one) const {
    one.service = "streaming";
    auto place = stream_place_of(one.path);
    if (!place || one.request.method != http::verb::post) return;
    one.operation = "ingest";
    one.resource = place->database + "." + place->table;
}

http::response streaming_service::refusal(const service_error& error, const exchange& one) const {
    return ingestion_error(error, one, p_.time.wall_now());
}

asio::awaitable<http::reply> streaming_service::answer(exchange& one) {
    http::reply out;
    out.answer = co_await act(one);
    co_return out;
}

static service_error throttled() {
    return {
        429,
        "Throttling",
        "Request was throttled: too many streaming ingestion requests at once.",
        {{"@type", "Kusto.DataNode.Exceptions.KustoRequestThrottledException"}}};
}

static service_error policy_missing(const streamed_data& data) {
    return {
        400,
        "BadRequest_StreamingIngestionPolicyNotEnabled",
        "Bad streaming ingestion request to " + data.database + "." + data.table +
            " : The streaming ingestion policy is not enabled for the table or its database.",
        {{"@type", "Kusto.DataNode.Exceptions.StreamingIngestionRequestException"}}};
}

asio::awaitable<http::response> streaming_service::act(exchange& one) {
    if (p_.options.mode == streaming_mode::disabled) {
        http::response absent;
        absent.status = 404;
        co_return absent;
    }
    if (auto error = check_bearer(one, p_.tokens)) co_return refusal(*error, one);
    if (one.operation == "unknown") {
        auto error = not_found("There is nothing at " + one.path);
        co_return refusal(error, one);
    }
    auto read = read_stream(one);
    if (!read) co_return refusal(read.error(), one);
    auto data = std::move(*read);
    if (!streams(p_.options, {data.database, data.table})) {
        co_return refusal(policy_missing(data), one);
    }
    if (running_ >= p_.options.max_requests) co_return refusal(throttled(), one);
    if (data.source_id.empty()) data.source_id = make_guid(p_.random);
    data.max_bytes = p_.options.max_bytes;
    data.bytes = std::move(one.request.body);
    co_return co_await ingest(std::move(data), one);
}

asio::awaitable<http::response> streaming_service::ingest(streamed_data data, const exchange& one) {
    stream_place place{data.database, data.table};
    running_request mine(*this);
    auto stored = co_await p_.ingest(std::move(data));
    if (!stored) co_return refusal(stream_refusal(stored.error(), place), one);
    auto out = json_answer(200, stream_document(stored->rows));
    out.headers.add("x-ms-request-id", one.request_id);
    co_return out;
}

}  // namespace kustodrop::emulator
