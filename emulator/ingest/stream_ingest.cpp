#include "emulator/ingest/stream_ingest.hpp"

#include "emulator/decoding/inflate.hpp"
#include "emulator/ingest/blobs/blob_ingest.hpp"
#include "emulator/ingest/messages/mapping_choice.hpp"

#include <boost/json.hpp>

#include <utility>

namespace kustodrop::emulator {

namespace json = boost::json;

result<ingestion_message> streamed_message(const streamed_data& data, const catalog& known) {
    if (!known.find_table(data.database, data.table)) {
        return refusal(
            "BadRequest_TableNotExist",
            "Entity ID '" + data.table + "' of kind 'Table' was not found."
        );
    }
    ingestion_message out;
    out.id = data.source_id;
    out.database = data.database;
    out.table = data.table;
    out.format = data.format;
    auto kind = kind_of_format(data.format);
    if (!kind) {
        return refusal(
            "BadRequest_FormatNotSupported", "The format '" + data.format + "' is unknown."
        );
    }
    out.kind = *kind;
    if (data.mapping.empty()) return out;
    json::object properties{{"ingestionMappingReference", data.mapping}};
    auto done = choose_mapping(json_members(properties), known, out);
    if (!done) return done.error();
    return out;
}

static failure exceeds(std::uint64_t limit) {
    return refusal(
        too_large,
        "The data exceeds the maximum allowed size of " + std::to_string(limit) + " bytes."
    );
}

result<std::string> uncompressed(const streamed_data& data) {
    std::string out;
    auto take = [&](std::string_view bytes) -> result<> {
        out += bytes;
        if (out.size() > data.max_bytes) return exceeds(data.max_bytes);
        return {};
    };
    if (!data.gzip) {
        if (auto done = take(data.bytes); !done) return done.error();
        return out;
    }
    gzip_inflater inflater(take);
    auto done = inflater.feed(data.bytes);
    if (done) done = inflater.finish();
    if (!done) return done.error();
    return out;
}

result<ingestion_record> ingest_stream(
    store& tables,
    const table_schema& table,
    const streamed_data& data,
    bool discard,
    ingestion_message message
) {
    auto bytes = uncompressed(data);
    if (!bytes) return bytes.error();
    if (bytes->empty()) {
        return refusal(
            "BadRequest_EmptyBlob",
            "The input stream is empty after processing, tip:check stream validity"
        );
    }
    blob_ingest_request request;
    request.table = table;
    request.keep_rows = !discard;
    request.record.source_id = data.source_id;
    request.record.database = data.database;
    request.record.table = data.table;
    request.record.status = "succeeded";
    request.record.at = data.at;
    request.message = std::move(message);
    downloaded_blob blob;
    blob.append(std::move(*bytes));
    auto stored = ingest_blob(tables, blob, std::move(request));
    if (!stored) return stored.error();
    return std::move(stored->record);
}

}  // namespace kustodrop::emulator
