#include "kusto/dataset.hpp"

#include "base/text.hpp"
#include "kusto/redact.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace kustodrop::kusto {

namespace json = boost::json;

static constexpr std::size_t largest_body_bytes = 4u << 20u;
static constexpr std::size_t deepest = 32;
static constexpr std::size_t longest_quote = 500;

static failure bad_dataset(std::string why) {
    return {errc::bad_answer, remedy::retry, "the answer to a command " + std::move(why)};
}

static std::optional<json::value> parsed(std::string_view body) {
    if (body.size() > largest_body_bytes) return std::nullopt;
    if (body.starts_with("\xEF\xBB\xBF")) body.remove_prefix(3);
    json::parse_options limits;
    limits.max_depth = deepest;
    boost::system::error_code error;
    auto value = json::parse(body, error, {}, limits);
    if (error) return std::nullopt;
    return value;
}

// A member by name without regard to case: .NET's serializers do not agree on it.
static const json::value* member(const json::object& object, std::string_view name) {
    if (auto* exact = object.if_contains(name)) return exact;
    for (auto& [key, value] : object) {
        if (equals_ignoring_case(std::string_view(key.data(), key.size()), name)) return &value;
    }
    return nullptr;
}

static std::string text_at(const json::object& object, std::string_view name) {
    auto* value = member(object, name);
    return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

static std::string as_text(const json::value& value) {
    if (value.is_string()) return std::string(value.get_string());
    return value.is_null() ? std::string() : json::serialize(value);
}

std::string entity_name(std::string_view name) {
    std::string out = "['";
    for (char c : name) {
        if (c == '\'' || c == '\\') out += '\\';
        out += c;
    }
    return out + "']";
}

std::size_t dataset_table::column(std::string_view name, std::size_t fallback) const {
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (equals_ignoring_case(columns[i], name)) return i;
    }
    return fallback;
}

std::string_view dataset_table::value(const std::vector<std::string>& row, std::size_t column) {
    return column < row.size() ? std::string_view(row[column]) : std::string_view();
}

namespace {

dataset_table parse_table(const json::object& from) {
    dataset_table out;
    out.name = text_at(from, "TableName");
    auto* columns = member(from, "Columns");
    if (columns && columns->is_array()) {
        for (auto& column : columns->get_array()) {
            out.columns.push_back(
                column.is_object() ? text_at(column.get_object(), "ColumnName") : std::string()
            );
        }
    }
    auto* rows = member(from, "Rows");
    if (!rows || !rows->is_array()) return out;
    for (auto& row : rows->get_array()) {
        // Partial failures stand among the rows as objects.
        if (!row.is_array()) continue;
        auto& values = out.rows.emplace_back();
        for (auto& value : row.get_array()) values.push_back(as_text(value));
    }
    return out;
}

std::optional<failure> exceptions_in(const json::object& body) {
    for (auto name : {"Exceptions", "OneApiErrors"}) {
        auto* list = member(body, name);
        if (!list || !list->is_array() || list->get_array().empty()) continue;
        auto& first = list->get_array().front();
        return failure{
            errc::partial_failure,
            remedy::retry,
            "the command failed: " + redacted(as_text(first), longest_quote)};
    }
    return std::nullopt;
}

}  // namespace

result<dataset> parse_dataset(std::string_view body) {
    auto value = parsed(body);
    if (!value || !value->is_object()) return bad_dataset("is not the JSON it should be");
    auto& object = value->get_object();
    if (auto exceptions = exceptions_in(object)) return *exceptions;
    auto* tables = member(object, "Tables");
    if (!tables || !tables->is_array()) return bad_dataset("has no tables");
    dataset out;
    for (auto& table : tables->get_array()) {
        if (!table.is_object()) return bad_dataset("has a table that is not an object");
        out.tables.push_back(parse_table(table.get_object()));
    }
    return out;
}

namespace {

struct error_body {
    std::string code;
    std::string type;
    std::string message;
    bool permanent = false;
};

error_body error_body_of(std::string_view body) {
    error_body out;
    auto value = parsed(body);
    if (!value || !value->is_object()) return out;
    auto* error = member(value->get_object(), "error");
    if (!error || !error->is_object()) return out;
    auto& object = error->get_object();
    out.code = text_at(object, "code");
    out.type = text_at(object, "@type");
    out.message = text_at(object, "@message");
    if (out.message.empty()) out.message = text_at(object, "message");
    auto* permanent = member(object, "@permanent");
    out.permanent = permanent && permanent->is_bool() && permanent->get_bool();
    return out;
}

bool is_throttled(unsigned status, const error_body& said) {
    return status == 429 || said.type.find("Throttled") != std::string::npos ||
           said.code.find("TooManyRequests") != std::string::npos;
}

// An engine's answer to a command for the ingestion service (docs/protocol.md §2).
bool is_wrong_endpoint(const error_body& said) {
    return said.type.find("WrongEndpoint") != std::string::npos ||
           said.message.find("from this service endpoint") != std::string::npos;
}

// @permanent cannot be trusted alone: it is false for a command sent to the wrong endpoint.
remedy remedy_for(unsigned status, const error_body& said) {
    if (is_wrong_endpoint(said)) return remedy::reconfigure;
    if (is_throttled(status, said) || status == 408 || status >= 500) return remedy::retry;
    if (status == 401) return remedy::reauthenticate;
    if (status == 403) return remedy::reconfigure;
    if (status == 400 || status == 404) {
        return said.permanent || said.code.empty() ? remedy::reconfigure : remedy::retry;
    }
    if (status >= 300 && status < 400) return remedy::reconfigure;
    return remedy::give_up;
}

std::string_view hint_for(unsigned status, const error_body& said) {
    if (is_wrong_endpoint(said)) {
        return "this is a query endpoint: put the ingestion endpoint, which most likely begins "
               "with ingest-, into cluster.ingestion_endpoint";
    }
    if (is_throttled(status, said)) return "the cluster throttles";
    if (status == 401) return "the token was refused";
    if (status == 403) return "the principal needs the role Ingestor on the database or table";
    if (status == 404) return "check cluster.ingestion_endpoint";
    if (status >= 300 && status < 400) return "redirects are not followed";
    return "";
}

}  // namespace

failure management_failure(const http::response& answer, std::string_view what) {
    auto said = error_body_of(answer.body);
    failure out;
    auto code = redacted_code(said.code);
    if (code.empty()) code = "http_" + std::to_string(answer.status);
    out.code = is_wrong_endpoint(said) ? errc::engine_endpoint : service_code(code);
    out.next = remedy_for(answer.status, said);
    out.detail = std::string(what) + ": " + std::to_string(answer.status) + " " + code;
    if (!said.message.empty()) out.detail += ": " + redacted(said.message, longest_quote);
    out.hint = hint_for(answer.status, said);
    out.retry_after = http::retry_after(answer);
    auto id = answer.headers.find("x-ms-activity-id");
    if (id) out.request_id = printable(id->substr(0, 128));
    return out;
}

}  // namespace kustodrop::kusto
