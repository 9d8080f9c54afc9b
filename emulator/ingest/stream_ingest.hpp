#pragma once

#include "emulator/engine/store.hpp"
#include "emulator/ingest/messages/ingestion_message.hpp"
#include "emulator/schema/catalog.hpp"

#include <cstdint>
#include <string>

namespace kustodrop::emulator {

/// The data of one streaming request and where it belongs.
struct streamed_data {
    std::string database;
    std::string table;
    std::string format;     // In lower case.
    std::string mapping;    // Its name; empty: none.
    std::string source_id;  // Of its rows.
    bool gzip = false;
    std::string bytes;
    std::uint64_t max_bytes = 0;  // Of the uncompressed data.
    std::string at;               // ISO 8601.
};

/// The message that means the same. Refuses unknown tables, formats and mappings with the codes of
/// docs/protocol.md §9.
result<ingestion_message> streamed_message(const streamed_data& data, const catalog& known);

/// The uncompressed bytes; a failure with the code `too_large` if there are more than `max_bytes`.
result<std::string> uncompressed(const streamed_data& data);
inline constexpr auto too_large = "KustoRequestPayloadTooLargeException";

/// Stores the rows, all or none; with `discard` they are only counted. Blocks.
result<ingestion_record> ingest_stream(
    store& tables,
    const table_schema& table,
    const streamed_data& data,
    bool discard,
    ingestion_message message
);

}  // namespace kustodrop::emulator
