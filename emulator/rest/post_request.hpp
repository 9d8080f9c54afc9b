#pragma once

#include "base/random.hpp"
#include "emulator/front/answers.hpp"
#include "emulator/rest/rest_options.hpp"

#include <boost/system/result.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::emulator {

/// One blob of a request.
struct rest_blob {
    std::string url = {};         // As it came. Secret.
    std::string source_id = {};   // As it came; empty when none was given.
    std::string message_id = {};  // Of the message that stands for it in a queue.
    std::string text = {};        // That message, JSON.
    friend bool operator==(const rest_blob&, const rest_blob&) = default;
};

/// A request to ingest, and the ingestion messages (docs/protocol.md §7) that mean the same.
struct posted_request {
    std::vector<rest_blob> blobs;
    std::vector<std::string> messages;  // JSON, one for each blob.
    bool tracked = false;
};

/// What of a request is not in its body.
struct post_context {
    std::string database;
    std::string table;
    std::string identity_token;  // For the messages.
};

/// Reads the body of `POST /v1/rest/ingestion/queued/{database}/{table}` as strictly as its page
/// says. Refuses what no blob of it could be ingested with; what is wrong with one blob or with
/// the table is found when it is ingested. Members of the properties that it does not know are
/// passed over. A blob without a source id gets a random one for its message.
boost::system::result<posted_request, service_error> read_post(
    std::string_view body,
    const post_context& context,
    const rest_options& options,
    random_generator& random
);

}  // namespace kustodrop::emulator
