#include "kusto/rest/operation_status.hpp"

#include "base/text.hpp"
#include "kusto/redact.hpp"
#include "kusto/rest/json_members.hpp"

#include <boost/json.hpp>

namespace kustodrop::kusto {

namespace json = boost::json;

static constexpr std::size_t longest_details = 4096;
static constexpr std::size_t longest_name = 1024;
static constexpr std::size_t longest_id = 8u << 10u;

static failure bad_answer(std::string_view why) {
    return {errc::bad_answer, remedy::retry, "the answer has " + std::string(why)};
}

static std::string id_in(const json::value& document) {
    auto* id = member_of(&document, "ingestionOperationId");
    bool is_number = id && (id->is_uint64() || id->is_int64());
    return is_number ? json::serialize(*id) : text_of(&document, "ingestionOperationId");
}

result<std::string> parse_operation_id(std::string_view body) {
    auto document = parse_object(body);
    auto id = document ? id_in(*document) : std::string();
    bool usable = !id.empty() && id.size() <= longest_id && printable(id) == id;
    if (usable) return id;
    auto none = document ? bad_answer("no id of an operation") : document.error();
    none.maybe_acted = true;
    return none;
}

bool operation_status::is_done(std::size_t blobs) const {
    auto ended = succeeded + failed + canceled;
    return in_progress == 0 && ended > 0 && ended >= blobs;
}

result<operation_status> parse_operation_status(std::string_view body) {
    auto document = parse_object(body);
    if (!document) return document.error();
    auto* counters = member_of(&*document, "status");
    if (!counters || !counters->is_object()) return bad_answer("no counters of blobs");
    auto count = [&](std::string_view name) { return natural_of(counters, name).value_or(0); };
    operation_status out;
    out.succeeded = count("Succeeded");
    out.failed = count("Failed");
    out.in_progress = count("InProgress");
    out.canceled = count("Canceled");
    return out;
}

namespace {

std::string code_of(const json::value& blob) {
    auto code = redacted(text_of(&blob, "errorCode"), longest_name);
    return code.empty() ? "Unknown" : code;
}

std::string place_of(std::string_view url) {
    return std::string(url.substr(0, url.find_first_of("?;")));
}

failure_status failure_status_of(const json::value& blob) {
    auto text = text_of(&blob, "failureStatus");
    if (equals_ignoring_case(text, "Permanent")) return failure_status::permanent;
    if (equals_ignoring_case(text, "Transient")) return failure_status::transient;
    if (equals_ignoring_case(text, "Exhausted")) return failure_status::exhausted;
    return failure_status::unknown;
}

// The names of both descriptions of the service.
wall_time updated_at(const json::value& blob) {
    auto text = text_of(&blob, "lastUpdated");
    if (text.empty()) text = text_of(&blob, "lastUpdateTime");
    return parse_iso8601(text).value_or(wall_time{});
}

// Dropped because ingestIfNotExists has seen its tag (the live name is not known).
bool is_there_already(std::string_view code) {
    auto name = to_lower(code);
    return name.starts_with("skipped") || name.find("alreadyexists") != std::string::npos;
}

void read_failure(const json::value& blob, notification& out) {
    out.code = code_of(blob);
    out.details = redacted(text_of(&blob, "details"), longest_details);
    out.status = failure_status_of(blob);
    // No client asks for an operation that has ended: a failure that calls itself transient is one
    // the service has given up.
    if (out.status == failure_status::transient) out.status = failure_status::exhausted;
    if (!is_there_already(out.code)) return;
    out.skipped = true;
    out.status = failure_status::permanent;
}

enum class blob_end { pending, succeeded, failed, canceled };

// The names of the documentation, and others that can mean nothing else.
blob_end end_of(const json::value& blob) {
    auto name = to_lower(trimmed(text_of(&blob, "status")));
    if (name == "succeeded" || name == "success") return blob_end::succeeded;
    if (name == "failed" || name == "failure") return blob_end::failed;
    if (name == "canceled" || name == "cancelled") return blob_end::canceled;
    bool is_completed = name == "completed" || name == "complete";
    if (!is_completed) return blob_end::pending;
    bool has_failed =
        !text_of(&blob, "errorCode").empty() || !text_of(&blob, "failureStatus").empty();
    return has_failed ? blob_end::failed : blob_end::succeeded;
}

std::optional<notification> outcome_in(const json::value& blob, const posted_blob& source) {
    auto end = end_of(blob);
    if (end == blob_end::pending) return std::nullopt;
    notification out;
    out.success = end == blob_end::succeeded;
    out.source_id = source.source_id;
    out.database = source.database;
    out.table = source.table;
    out.blob = source.url;
    out.at = updated_at(blob);
    if (out.success) return out;
    read_failure(blob, out);
    if (end != blob_end::canceled) return out;
    out.code = "Canceled";
    out.skipped = false;
    out.status = failure_status::permanent;
    return out;
}

std::string_view without_braces(std::string_view id) {
    id = trimmed(id);
    bool has_braces = id.size() > 2 && id.front() == '{' && id.back() == '}';
    return has_braces ? id.substr(1, id.size() - 2) : id;
}

// Blobs of ours are called after their source: SOURCE_ID.csv.gz.
bool is_about(const json::value& blob, const posted_blob& source) {
    auto id = to_lower(without_braces(text_of(&blob, "sourceId")));
    if (!id.empty()) return id == source.source_id;
    auto place = place_of(text_of(&blob, "url"));
    if (place.empty()) return false;
    auto name = to_lower(place.substr(place.rfind('/') + 1));
    bool is_named = !source.source_id.empty() && name.starts_with(source.source_id + ".");
    return is_named || place == source.url;
}

// One that is listed several times was tried several times: a success is one whatever came before
// or after, and otherwise the last attempt counts.
std::optional<notification> outcome_of(const json::array& details, const posted_blob& source) {
    std::optional<notification> last;
    wall_time last_at{};
    for (auto& blob : details) {
        if (!is_about(blob, source)) continue;
        auto found = outcome_in(blob, source);
        if (found && found->success) return found;
        auto at = updated_at(blob);
        if (at < last_at) continue;
        last_at = at;
        last = std::move(found);
    }
    return last;
}

}  // namespace

result<std::vector<std::optional<notification>>> parse_operation_details(
    std::string_view body, const std::vector<posted_blob>& posted
) {
    auto document = parse_object(body);
    if (!document) return document.error();
    auto* details = member_of(&*document, "details");
    auto* list = details ? details->if_array() : nullptr;
    if (!list) return bad_answer("no details of blobs");
    std::vector<std::optional<notification>> out;
    for (auto& source : posted) out.push_back(outcome_of(*list, source));
    return {boost::system::in_place_value, std::move(out)};
}

}  // namespace kustodrop::kusto
