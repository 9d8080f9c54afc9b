#pragma once

#include "base/result.hpp"
#include "base/secret.hpp"
#include "http/url.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace kustodrop::kusto {

/// The row of a status table where the service writes what became of a message
/// (docs/protocol.md §8.3).
struct status_row {
    http::url table;  // With its SAS.
    std::string partition_key;
    std::string row_key;
};

/// What goes into one ingestion message (docs/protocol.md §7.2).
struct ingestion_request {
    std::string id;  // The source id.
    http::url blob;  // With its SAS.
    std::uint64_t raw_bytes = 0;
    std::string database;
    std::string table;
    std::string format;             // "json"
    std::string mapping_reference;  // Empty: none.
    std::string mapping_kind;       // "Json": see mapping_kind_of.
    std::vector<std::string> tags = {};
    std::vector<std::string> ingest_if_not_exists = {};
    bool ignore_first_record = false;
    std::optional<wall_time> creation_time = {};
    std::map<std::string, std::string> additional_properties = {};  // Ours win over these.
    int report_level = 2;                   // 0 failures, 1 none, 2 failures and successes.
    int report_method = 0;                  // 0 queue, 1 table.
    std::optional<status_row> status = {};  // With report_method 1.
    wall_time created_at{};
    std::string application = "kustodrop";
    std::string client_version = {};
};

/// The ingestionMappingType of a format ("json" → "Json"); empty if the format is unknown.
std::string_view mapping_kind_of(std::string_view format);

/// Whether files of that format are compressed by their nature and never again by us.
bool is_binary_format(std::string_view format);

/// The message as a queue takes it: base64 of JSON, and secret, for it holds the SAS and the
/// identity token. Failure "message_too_large" above 64 KiB.
result<std::string> ingestion_message(
    const ingestion_request& request, const secret& identity_token
);

}  // namespace kustodrop::kusto
