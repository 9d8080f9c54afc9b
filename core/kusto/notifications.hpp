#pragma once

#include "base/result.hpp"
#include "kusto/ingestion_message.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace kustodrop::kusto {

enum class notification_kind { success, failure };
enum class failure_status { unknown, permanent, transient, exhausted };

/// What the service reports on one source (docs/protocol.md §8.1), without the secrets it may have
/// carried.
struct notification {
    bool success = false;
    bool skipped = false;   // No data, or none that ingestIfNotExists has not seen: a failure.
    std::string source_id;  // Lower case.
    std::string code = {};
    std::string details = {};  // Any SAS in it taken out.
    std::string operation_id = {};
    std::string activity_id = {};
    std::string database = {};
    std::string table = {};
    std::string blob = {};  // Without its query.
    failure_status status = failure_status::unknown;
    bool should_retry = false;
    bool from_update_policy = false;
    wall_time at{};  // The epoch if it did not say.
};

/// Reads a message of a notification queue. Failure "bad_notification" if it is not one.
result<notification> parse_notification(notification_kind kind, std::string_view text);

/// Reads a row of the status table (docs/protocol.md §8.3) as the notification that it holds;
/// nothing while the service has not decided. Failure "bad_notification" if it is not such a row.
result<std::optional<notification>> parse_status_row(std::string_view text);

/// A row as it is put there before the post: nothing has happened yet.
std::string pending_row(const ingestion_request& request);

/// What to do about a notification (docs/protocol.md §9, docs/architecture.md §8).
enum class next_step {
    settle_success,
    settle_failure,
    wait,  // Another notification will come: the service tries again, or another copy is on its
           // way.
    upload_again,  // The blob is of no use: upload and post again, a bounded number of times.
    post_again,    // The blob is good: post again, a bounded number of times.
};

next_step judge(const notification& reported);

/// Whether the service dropped a copy of what it had been given before: the end of that post, which
/// says nothing of the others.
bool is_dropped_copy(std::string_view code);

/// Whose business an error code is.
enum class error_class {
    data,           // This file's content.
    configuration,  // The target: every file of the watch would fail alike.
    rights,         // The principal's: every file would fail alike.
    service,        // The service's or the network's own.
};

error_class classify(std::string_view code);

std::string_view to_string(notification_kind);
std::string_view to_string(next_step);
std::string_view to_string(error_class);
std::string_view to_string(failure_status);

}  // namespace kustodrop::kusto
