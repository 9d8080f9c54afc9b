#include "daemon/commands/checking/answer_facts.hpp"

#include "base/text.hpp"
#include "kusto/redact.hpp"
#include "kusto/rest/json_members.hpp"

#include <boost/json.hpp>

#include <optional>

namespace kustodrop::daemon {

namespace json = boost::json;
using kusto::member_of;

static constexpr std::size_t longest_text = 200;

// As it was spelled, type and all.
static std::string spelled(const json::value* object, std::string_view name) {
    auto* value = member_of(object, name);
    auto text = value ? json::serialize(*value) : std::string("missing");
    return std::string(name) + " " + printable(text.substr(0, longest_text));
}

static std::string length_of(const json::value* object, std::string_view name) {
    auto* value = member_of(object, name);
    auto* list = value ? value->if_array() : nullptr;
    return std::string(name) + " " + (list ? std::to_string(list->size()) : "missing");
}

std::string configuration_facts(std::string_view body) {
    auto document = kusto::parse_object(body);
    if (!document) return "not a JSON object";
    auto* containers = member_of(&*document, "containerSettings");
    auto* ingestion = member_of(&*document, "ingestionSettings");
    std::string out = spelled(ingestion, "preferredIngestionMethod");
    out += ", " + spelled(containers, "preferredUploadMethod");
    out += ", " + length_of(containers, "containers") + ", " + length_of(containers, "lakeFolders");
    for (auto name : {"maxBlobsPerBatch", "maxDataSize"}) out += ", " + spelled(ingestion, name);
    return out + ", " + spelled(containers, "refreshInterval");
}

static std::string error_facts(std::string_view body) {
    if (body.empty()) return "no body";
    auto document = kusto::parse_object(body);
    auto* error = document ? member_of(&*document, "error") : nullptr;
    if (!error || !error->is_object()) return document ? "JSON without \"error\"" : "not JSON";
    auto out = spelled(error, "code") + ", " + spelled(error, "@type") + ", " +
               spelled(error, "@permanent");
    auto message = kusto::text_of(error, "@message");
    if (message.empty()) message = kusto::text_of(error, "message");
    return out + ": " + printable(kusto::redacted(message, longest_text));
}

std::string answer_facts(const http::response& answer) {
    auto out = std::to_string(answer.status);
    for (auto& [name, value] : answer.headers) {
        auto lower = to_lower(name);
        bool is_about_waiting = lower.find("retry-after") != std::string::npos ||
                                lower.find("ratelimit") != std::string::npos ||
                                lower.find("rate-limit") != std::string::npos;
        if (is_about_waiting) out += ", " + printable(name + " " + value.substr(0, longest_text));
    }
    return out + ", " + (answer.status == 200 ? "answered" : error_facts(answer.body));
}

}  // namespace kustodrop::daemon
