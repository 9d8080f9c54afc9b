#include "emulator/ingest/messages/notification.hpp"

#include "base/text.hpp"

#include <boost/json.hpp>

namespace kustodrop::emulator {

namespace json = boost::json;

report_places places_for(const ingestion_message& message, ingestion_status status) {
    report_places out;
    bool wanted = message.level == report_level::all ||
                  (message.level == report_level::failures && status == ingestion_status::failed);
    out.queue = wanted && message.method != report_method::table;
    out.table = wanted && message.status && message.method != report_method::queue;
    return out;
}

std::string_view failure_status(const failure& why) {
    if (why.code.text() == "General_RetryAttemptsExceeded") return "Exhausted";
    return why.next == remedy::retry ? "Transient" : "Permanent";
}

std::string seven_digit_time(wall_time time) {
    auto micros = time.time_since_epoch().count() % 1'000'000;
    auto fraction = std::to_string((micros + 1'000'000) % 1'000'000 + 1'000'000).substr(1);
    return to_iso8601(time).substr(0, 20) + fraction + "0Z";
}

static std::string details_of(const failure& why) {
    if (why.detail.starts_with(why.code.text())) return why.detail;
    return to_string(why);
}

static failure why_of(const ingestion_outcome& outcome) {
    if (outcome.why) return *outcome.why;
    return {
        .code = service_code("Unknown"), .next = remedy::retry, .detail = "No reason is known."};
}

static bool should_retry(const failure& why) { return failure_status(why) != "Permanent"; }

std::string notification_text(const ingestion_message& message, const ingestion_outcome& outcome) {
    json::object out;
    bool failed = outcome.status == ingestion_status::failed;
    out["OperationId"] = outcome.operation_id;
    out["Database"] = message.database;
    out["Table"] = message.table;
    out[failed ? "FailedOn" : "SucceededOn"] = seven_digit_time(outcome.at);
    out["IngestionSourceId"] = message.id;
    out["IngestionSourcePath"] = message.source_path();
    if (failed) {
        auto why = why_of(outcome);
        out["Details"] = details_of(why);
        out["ErrorCode"] = why.code.text();
        out["FailureStatus"] = failure_status(why);
        out["RootActivityId"] = outcome.activity_id;
        out["OriginatesFromUpdatePolicy"] = false;
        out["ShouldRetry"] = should_retry(why);
    } else {
        out["RootActivityId"] = outcome.activity_id;
    }
    return json::serialize(out);
}

static std::string_view status_name(ingestion_status status) {
    switch (status) {
    case ingestion_status::succeeded:
        return "Succeeded";
    case ingestion_status::failed:
        return "Failed";
    case ingestion_status::skipped:
        return "Skipped";
    }
    return "Failed";
}

std::string status_entity_text(const ingestion_message& message, const ingestion_outcome& outcome) {
    json::object out;
    if (message.status) {
        out["PartitionKey"] = message.status->partition_key;
        out["RowKey"] = message.status->row_key;
    }
    out["Status"] = status_name(outcome.status);
    out["IngestionSourceId"] = message.id;
    out["IngestionSourcePath"] = message.source_path();
    out["Database"] = message.database;
    out["Table"] = message.table;
    out["UpdatedOn"] = seven_digit_time(outcome.at);
    out["UpdatedOn@odata.type"] = "Edm.DateTime";
    out["OperationId"] = outcome.operation_id;
    out["ActivityId"] = outcome.activity_id;
    if (outcome.status == ingestion_status::failed) {
        auto why = why_of(outcome);
        out["ErrorCode"] = why.code.text();
        out["FailureStatus"] = failure_status(why);
        out["Details"] = details_of(why);
        out["OriginatesFromUpdatePolicy"] = false;
    }
    return json::serialize(out);
}

}  // namespace kustodrop::emulator
