#include "kusto/notifications.hpp"

#include "base/random.hpp"
#include "base/text.hpp"
#include "kusto/redact.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace kustodrop::kusto {

namespace json = boost::json;

static constexpr std::size_t largest_text_bytes = 1u << 20u;
static constexpr std::size_t deepest = 32;
static constexpr std::size_t longest_details = 4096;
static constexpr std::size_t longest_name = 1024;

namespace {

const json::value* member(const json::object& object, std::string_view name) {
    if (auto* exact = object.if_contains(name)) return exact;
    for (auto& [key, value] : object) {
        if (equals_ignoring_case(std::string_view(key.data(), key.size()), name)) return &value;
    }
    return nullptr;
}

// Details may be an object, numbers may stand where names do (docs/protocol.md §8.1).
std::string text_at(const json::object& object, std::string_view name) {
    auto* value = member(object, name);
    if (!value || value->is_null()) return {};
    return value->is_string() ? std::string(value->get_string()) : json::serialize(*value);
}

std::string name_at(const json::object& object, std::string_view name) {
    return printable(text_at(object, name).substr(0, longest_name));
}

bool flag_at(const json::object& object, std::string_view name) {
    auto text = text_at(object, name);
    return equals_ignoring_case(text, "true") || text == "1";
}

failure_status status_at(const json::object& object) {
    auto text = text_at(object, "FailureStatus");
    if (equals_ignoring_case(text, "Permanent") || text == "1") return failure_status::permanent;
    if (equals_ignoring_case(text, "Transient") || text == "2") return failure_status::transient;
    if (equals_ignoring_case(text, "Exhausted") || text == "3") return failure_status::exhausted;
    return failure_status::unknown;
}

// A number could belong to any enumeration (docs/protocol.md §9): only names mean something.
std::string code_at(const json::object& object) {
    auto text = redacted(text_at(object, "ErrorCode"), longest_name);
    bool is_name = !text.empty() && std::isdigit(static_cast<unsigned char>(text[0])) == 0;
    return is_name && text[0] != '-' ? text : "Unknown";
}

failure bad_notification() {
    return {errc::bad_notification, remedy::give_up, "the message is not a notification"};
}

}  // namespace

static result<json::object> object_in(std::string_view text) {
    if (text.size() > largest_text_bytes) return bad_notification();
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    json::parse_options limits;
    limits.max_depth = deepest;
    boost::system::error_code error;
    auto value = json::parse(text, error, {}, limits);
    if (error || !value.is_object()) return bad_notification();
    return {boost::system::in_place_value, std::move(value.get_object())};
}

// What a notification and a row of the status table name alike.
static result<notification> common_part(const json::object& object) {
    notification out;
    out.source_id = to_lower(trimmed(text_at(object, "IngestionSourceId")));
    if (!is_guid(out.source_id)) return bad_notification();
    out.operation_id = name_at(object, "OperationId");
    out.database = name_at(object, "Database");
    out.table = name_at(object, "Table");
    auto path = text_at(object, "IngestionSourcePath");
    out.blob = printable(std::string_view(path).substr(0, path.find_first_of("?;")));
    out.status = status_at(object);
    return out;
}

static void read_failure(const json::object& object, notification& out) {
    out.code = code_at(object);
    out.details = redacted(text_at(object, "Details"), longest_details);
    out.should_retry = flag_at(object, "ShouldRetry");
    out.from_update_policy = flag_at(object, "OriginatesFromUpdatePolicy");
}

result<notification> parse_notification(notification_kind kind, std::string_view text) {
    auto object = object_in(text);
    if (!object) return object.error();
    auto out = common_part(*object);
    if (!out) return out;
    out->success = kind == notification_kind::success;
    out->activity_id = name_at(*object, "RootActivityId");
    auto at = parse_iso8601(text_at(*object, out->success ? "SucceededOn" : "FailedOn"));
    out->at = at.value_or(wall_time{});
    if (!out->success) read_failure(*object, *out);
    return out;
}

result<std::optional<notification>> parse_status_row(std::string_view text) {
    using found = std::optional<notification>;
    auto object = object_in(text);
    if (!object) return object.error();
    auto status = text_at(*object, "Status");
    auto is = [&](std::string_view name) { return equals_ignoring_case(status, name); };
    if (is("Pending") || is("Queued")) return found();
    auto out = common_part(*object);
    if (!out) return out.error();
    out->success = is("Succeeded");
    out->skipped = is("Skipped");
    bool partly = is("PartiallySucceeded");
    if (!out->success && !out->skipped && !partly && !is("Failed")) return bad_notification();
    out->activity_id = name_at(*object, "ActivityId");
    out->at = parse_iso8601(text_at(*object, "UpdatedOn")).value_or(wall_time{});
    if (out->success) return found(std::move(*out));
    read_failure(*object, *out);
    // Sent again, what was ingested would be there twice, and what held no data would not have any.
    if (partly) out->code = "PartiallySucceeded";
    if (out->skipped) out->code = "Skipped";
    if (partly || out->skipped) out->status = failure_status::permanent;
    // The service does not write a row again: if it tries once more, no one learns how that ended.
    if (!is_dropped_copy(out->code) && judge(*out) == next_step::wait) {
        out->status = failure_status::exhausted;
    }
    return found(std::move(*out));
}

std::string pending_row(const ingestion_request& request) {
    json::object row;
    if (request.status) {
        row["PartitionKey"] = request.status->partition_key;
        row["RowKey"] = request.status->row_key;
    }
    row["Status"] = "Pending";
    row["IngestionSourceId"] = request.id;
    row["IngestionSourcePath"] = request.blob.place();
    row["Database"] = request.database;
    row["Table"] = request.table;
    row["UpdatedOn"] = to_iso8601(request.created_at);
    row["UpdatedOn@odata.type"] = "Edm.DateTime";
    return json::serialize(row);
}

namespace {

template <std::size_t count>
bool is_one_of(std::string_view code, const std::array<std::string_view, count>& names) {
    return std::find(names.begin(), names.end(), code) != names.end();
}

// The blob cannot be read, or no longer: another one in its place may be.
constexpr std::array<std::string_view, 7> blob_is_lost{
    "Download_Forbidden",
    "Download_SourceNotFound",
    "Download_AccountNotFound",
    "Download_NotTransient",
    "Download_AccessConditionNotSatisfied",
    "Download_BadRequest",
    "BadRequest_InvalidAuthentication"};

// The message failed, not the blob: with a fresh token or at another time it may go through.
constexpr std::array<std::string_view, 5> message_failed{
    "BadRequest_InvalidKustoIdentityToken",
    "General_RetryAttemptsExceeded",
    "BadRequest_DataCapacityLimitReached",
    "General_AbandonedIngestion",
    "BadRequest_MessageExhausted"};

// Those the table of codes calls transient: with an unknown status, the service tries again.
constexpr std::array<std::string_view, 13> transient_codes{
    "Download_UnknownError",
    "Download_TransientNameResolutionFailure",
    "General_InternalServerError",
    "General_TransientSchemaMismatch",
    "General_ThrottledIngestion",
    "Timeout",
    "OutOfMemory",
    "Stream_LowMemoryCondition",
    "UpdatePolicy_FailedDescendantTransaction",
    "UpdatePolicy_IngestionError",
    "UpdatePolicy_UnknownError",
    "BadRequest_NoValidResponseFromEngine",
    "Unknown"};

bool is_about_update_policy(const notification& reported) {
    return reported.from_update_policy || reported.code.starts_with("UpdatePolicy_");
}

}  // namespace

bool is_dropped_copy(std::string_view code) { return code.starts_with("BlobAlreadyReceived"); }

next_step judge(const notification& reported) {
    if (reported.success) return next_step::settle_success;
    // Only this copy was dropped: the other one's fate is still to come.
    if (is_dropped_copy(reported.code)) return next_step::wait;
    bool tries_again = reported.status == failure_status::transient;
    bool says_nothing = reported.status == failure_status::unknown;
    if (tries_again || (says_nothing && is_one_of(reported.code, transient_codes))) {
        return next_step::wait;
    }
    // The data may already stand in the source table: a second post would double it there.
    if (is_about_update_policy(reported)) return next_step::settle_failure;
    if (is_one_of(reported.code, blob_is_lost)) return next_step::upload_again;
    if (is_one_of(reported.code, message_failed)) return next_step::post_again;
    if (reported.status == failure_status::exhausted) return next_step::post_again;
    return reported.should_retry ? next_step::post_again : next_step::settle_failure;
}

namespace {

constexpr std::array<std::string_view, 27> configuration_codes{
    "BadRequest_InvalidMapping",
    "BadRequest_InvalidMappingReference",
    "BadRequest_InvalidCsvMapping",
    "BadRequest_InvalidJsonMapping",
    "BadRequest_FormatNotSupported",
    "BadRequest_InconsistentMapping",
    "BadRequest_DuplicateMapping",
    "BadRequest_InvalidOrEmptyTableName",
    "BadRequest_EmptyDatabaseName",
    "BadRequest_EntityNameIsNotValid",
    "BadRequest_EmptyMappingReference",
    "BadRequest_MissingMappingtFailure",
    "BadRequest_MissingMappingFailure",
    "BadRequest_MissingJsonMappingtFailure",
    "BadRequest_ZeroRetentionPolicyWithNoUpdatePolicy",
    "BadRequest_CreationTimeEarlierThanSoftDeletePeriod",
    "BadRequest_MalformedIngestionProperty",
    "BadRequest_IngestionPropertyNotSupportedInThisContext",
    "BadRequest_InvalidManagedIdentity",
    "BadRequest_MappingReferenceWasNotFound",
    "BadRequest_DatabaseNotExist",
    "BadRequest_TableNotExist",
    "BadRequest_EntityNotFound",
    "Schema_PermanentUpdateFailure",
    "UpdatePolicy_QuerySchemaDoesNotMatchTableSchema",
    "UpdatePolicy_Cyclic_Update_Not_Allowed",
    "UpdatePolicy_BadRequest"};

constexpr std::array<std::string_view, 4> rights_codes{
    "BadRequest_TableAccessDenied",
    "BadRequest_DatabaseAccessDenied",
    "Forbidden",
    "BadRequest_InvalidAuthentication"};

// Ours or the service's fault rather than the file's, although they begin with BadRequest_.
constexpr std::array<std::string_view, 9> service_codes{
    "BadRequest_EmptyBlobUri",
    "BadRequest_InvalidBlobUri",
    "BadRequest_CorruptedMessage",
    "BadRequest_DataCapacityLimitReached",
    "BadRequest_InvalidKustoIdentityToken",
    "BadRequest_UriMissingSas",
    "BadRequest_NoValidResponseFromEngine",
    "BadRequest_MessageExhausted",
    "BadRequest_NonMultiDatabaseDataConnection"};

}  // namespace

error_class classify(std::string_view code) {
    if (is_one_of(code, configuration_codes)) return error_class::configuration;
    if (is_one_of(code, rights_codes)) return error_class::rights;
    if (is_one_of(code, service_codes)) return error_class::service;
    bool about_data = code.starts_with("BadRequest_") || code.starts_with("Stream_") ||
                      code == "General_BadRequest";
    if (about_data && code != "Stream_LowMemoryCondition") return error_class::data;
    return error_class::service;
}

std::string_view to_string(notification_kind kind) {
    return kind == notification_kind::success ? "success" : "failure";
}

std::string_view to_string(next_step step) {
    switch (step) {
    case next_step::settle_success:
        return "settle_success";
    case next_step::settle_failure:
        return "settle_failure";
    case next_step::wait:
        return "wait";
    case next_step::upload_again:
        return "upload_again";
    case next_step::post_again:
        return "post_again";
    }
    return "unknown";
}

std::string_view to_string(error_class kind) {
    switch (kind) {
    case error_class::data:
        return "data";
    case error_class::configuration:
        return "configuration";
    case error_class::rights:
        return "rights";
    case error_class::service:
        return "service";
    }
    return "unknown";
}

std::string_view to_string(failure_status status) {
    switch (status) {
    case failure_status::unknown:
        return "Unknown";
    case failure_status::permanent:
        return "Permanent";
    case failure_status::transient:
        return "Transient";
    case failure_status::exhausted:
        return "Exhausted";
    }
    return "Unknown";
}

}  // namespace kustodrop::kusto
