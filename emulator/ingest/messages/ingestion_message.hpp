#pragma once

#include "emulator/schema/schema.hpp"
#include "http/url.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace kustodrop::emulator {

enum class report_level { failures, none, all };
enum class report_method { queue, table, both };

/// The entity of the status table that a message wants rewritten (docs/protocol.md §8.3).
struct status_entity {
    std::optional<http::url> table;  // Nothing: the service's own. Secret.
    std::string partition_key;
    std::string row_key;
};

/// An ingestion message as the service understands it, whichever client wrote it (docs/protocol.md
/// §7).
struct ingestion_message {
    std::string id;         // A GUID in lower case; empty when the message had none.
    std::string blob_path;  // As it came. Secret.
    http::url blob;
    std::optional<std::uint64_t> raw_size;
    std::string database;
    std::string table;
    bool retain_blob = false;
    bool flush_immediately = false;
    report_level level = report_level::failures;
    report_method method = report_method::queue;
    std::optional<status_entity> status;

    std::string format = "csv";
    mapping_kind kind = mapping_kind::csv;
    std::string mapping_name;             // Distinguishes batches.
    std::vector<mapping_column> mapping;  // Empty: columns go by their names or places.
    bool ignore_first_record = false;
    std::vector<std::string> tags;
    std::vector<std::string> ingest_if_not_exists;  // Without "ingest-by:".
    std::string creation_time;

    /// The blob's address without its SAS: what may be logged, stored and reported.
    std::string source_path() const;
};

}  // namespace kustodrop::emulator
