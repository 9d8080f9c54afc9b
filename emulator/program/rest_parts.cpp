#include "emulator/program/rest_parts.hpp"

#include <utility>

namespace kustodrop::emulator {

static asio::awaitable<blob_outcomes> outcomes_of(
    ingestor* ingestor, std::vector<std::string> message_ids
) {
    blob_outcomes out(message_ids.size());
    if (!ingestor) co_return out;
    auto records = co_await ingestor->find_messages(std::move(message_ids));
    for (std::size_t i = 0; i < records.size(); ++i) {
        auto& record = records[i];
        if (!record) continue;
        blob_outcome one;
        one.status = record->status;
        one.code = record->code;
        one.details = record->details;
        one.at = record->at;
        out[i] = std::move(one);
    }
    co_return out;
}

static asio::awaitable<result<ingestion_record>> stream_into(
    ingestor* ingestor, bool discard, streamed_data data
) {
    if (ingestor) {
        auto done = co_await ingestor->stream(std::move(data));
        co_return done;
    }
    if (discard) co_return ingestion_record();
    failure why;
    why.code = service_code("General_InternalServerError");
    why.detail = "This emulator runs without an ingestor.";
    co_return why;
}

static rest_service::parts parts_of(const rest_foundation& on, const rest_options& options) {
    auto lookup = [ingestor = on.ingestor](std::vector<std::string> ids) {
        return outcomes_of(ingestor, std::move(ids));
    };
    return {
        on.clock,
        on.random,
        on.resources,
        on.database,
        on.queues,
        on.tokens,
        options,
        lookup,
        on.identity_token,
        on.discard,
        on.external_storage};
}

static streaming_service::parts parts_of(
    const rest_foundation& on, const streaming_options& options
) {
    auto ingest = [ingestor = on.ingestor, discard = on.discard.has_value()](streamed_data data) {
        return stream_into(ingestor, discard, std::move(data));
    };
    return {on.clock, on.random, on.tokens, options, ingest};
}

rest_parts::rest_parts(const rest_foundation& on, rest_options& rest, streaming_options& streams)
    : queued(parts_of(on, rest)),
      streaming(parts_of(on, streams)),
      control(queued, rest, streams) {}

}  // namespace kustodrop::emulator
