#pragma once

#include "emulator/engine/store.hpp"
#include "emulator/ingest/blobs/downloaded_blob.hpp"
#include "emulator/ingest/messages/ingestion_message.hpp"

#include <cstdint>
#include <string>

namespace kustodrop::emulator {

/// A blob that is here, and where its rows belong.
struct blob_ingest_request {
    ingestion_message message;
    table_schema table;
    ingestion_record record;  // Without its counts.
    bool keep_rows = true;
};

struct blob_ingest_result {
    ingestion_record record;
    std::uint64_t dropped = 0;  // Malformed JSON lines.
};

/// Inflates the blob where its name says so, reads its rows and stores them: all or none, together
/// with the record. Blocks. Failures carry the codes of docs/protocol.md §9.
result<blob_ingest_result> ingest_blob(
    store& store, const downloaded_blob& blob, blob_ingest_request request
);

}  // namespace kustodrop::emulator
