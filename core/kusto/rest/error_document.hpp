#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kustodrop::kusto {

/// An error as the service writes it (docs/protocol.md §3.3). What it says is not redacted.
struct error_document {
    bool is_there = false;
    std::string code = {};
    std::string type = {};
    std::string message = {};
    std::optional<bool> permanent = {};

    /// All that can name the reason, in lower case.
    std::string text() const;

    /// Of the service itself: gateways and proxies write errors in JSON too.
    bool is_of_service() const;
};

/// The error in the body of an answer, if one is there. Names in any case.
error_document error_in(std::string_view body);

/// Whether a refusal says that what was sent is too large. `text`: of the document, or of the body,
/// in lower case.
bool is_about_size(unsigned status, std::string_view text);

/// The code of a permanent failure as a notification would have it, where there is one of the same
/// meaning: the watch's policy is the same for both. Redacted.
std::string notification_code(std::string_view service_code, std::string_view text);

}  // namespace kustodrop::kusto
