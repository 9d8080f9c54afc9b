#pragma once

#include "base/time.hpp"
#include "emulator/rest/post_request.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::emulator {

/// What a POST began.
struct operation {
    std::string id;
    std::string database;
    std::string table;
    wall_time started;
    bool tracked = true;  // Otherwise its id was not given out, and it cannot be asked.
    std::vector<rest_blob> blobs;
};

/// JSON, for keeping.
std::string to_json(const operation& one);
std::optional<operation> read_operation(std::string_view json);

/// What became of one blob.
struct blob_outcome {
    std::string status;  // "succeeded", "failed", "skipped", as records of messages have it, or
                         // "canceled".
    std::string code;
    std::string details;
    std::string at;              // ISO 8601.
    std::string failure_status;  // Empty: it follows from the code.
};

/// In the order of the operation's blobs; nothing where a blob is not ingested yet.
using blob_outcomes = std::vector<std::optional<blob_outcome>>;

struct status_form {
    bool details = false;
    bool camel_case = false;
    bool noticed = true;  // False: the service has not looked at the blobs; all counters are zero.
};

/// The answer to `GET …/queued/{database}/{table}/{operation}`. `lastUpdated` is missing until a
/// blob is finished. What `ingestIfNotExists` dropped has failed with DataAlreadyExists.
std::string status_document(
    const operation& one, const blob_outcomes& outcomes, const status_form& form
);

}  // namespace kustodrop::emulator
