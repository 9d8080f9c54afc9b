#pragma once

#include "base/time.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace kustodrop::emulator {

/// What operations report of every finished blob instead of the truth.
struct reported_outcome {
    std::string status;          // "Failed", "Canceled".
    std::string code;            // errorCode
    std::string failure_status;  // "Transient", "Exhausted", "Unknown".
};

/// How ingestion by REST behaves. Everything may be changed while the emulator runs.
struct rest_options {
    bool enabled = true;                    // Off: 404 for every path, as of an older cluster.
    std::string ingestion_method = "V1";    // preferredIngestionMethod; empty: left out.
    std::string upload_method = "Storage";  // preferredUploadMethod; empty: left out.
    std::vector<std::string> lake_folders = {};
    std::string refresh_interval = "01:00:00";
    std::size_t max_blobs = 20;
    std::uint64_t max_data_size = 6'442'450'944;  // Uncompressed, of one request.
    bool numbers_as_text = false;                 // "6442450944", as some answers have them.
    bool camel_case = false;  // Counters and times of blobs as the service's OpenAPI names them.
    duration notice_after = std::chrono::milliseconds(100);    // Until then all counters are zero.
    duration operation_lifetime = std::chrono::hours(24 * 7);  // Then the operation is unknown.
    std::optional<reported_outcome> report = {};
};

enum class streaming_mode {
    on,        // Every table streams, unless its policy is off.
    off,       // No table has a policy, unless its policy is on.
    disabled,  // The cluster does not stream: 404 without an error body.
};

/// How streaming ingestion behaves.
struct streaming_options {
    streaming_mode mode = streaming_mode::on;
    std::set<std::string> tables_on = {};  // "Db.Table"
    std::set<std::string> tables_off = {};
    std::uint64_t max_bytes = 4u << 20u;  // Of the uncompressed data.
    std::size_t max_requests = 12;        // At once; more are throttled.
};

}  // namespace kustodrop::emulator
