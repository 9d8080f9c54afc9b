#include "kusto/rest/error_document.hpp"

#include "base/text.hpp"
#include "kusto/redact.hpp"
#include "kusto/rest/json_members.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <initializer_list>

namespace kustodrop::kusto {

std::string error_document::text() const { return to_lower(code + " " + type + " " + message); }

bool error_document::is_of_service() const {
    return to_lower(type).find("kusto") != std::string::npos;
}

error_document error_in(std::string_view body) {
    error_document out;
    auto parsed = parse_object(body);
    if (!parsed) return out;
    auto* error = member_of(&*parsed, "error");
    if (!error || !error->is_object()) return out;
    out.is_there = true;
    out.code = text_of(error, "code");
    out.type = text_of(error, "@type");
    out.message = text_of(error, "@message");
    if (out.message.empty()) out.message = text_of(error, "message");
    auto* permanent = member_of(error, "@permanent");
    if (permanent && permanent->is_bool()) out.permanent = permanent->get_bool();
    return out;
}

static bool contains(std::string_view text, std::initializer_list<std::string_view> parts) {
    return std::ranges::any_of(parts, [&](std::string_view part) {
        return text.find(part) != std::string_view::npos;
    });
}

std::string notification_code(std::string_view service_code, std::string_view text) {
    auto lower = to_lower(text);
    bool absent = contains(lower, {"not found", "does not exist"});
    if (absent && contains(lower, {"'mapping", "mapping reference", "ingestion mapping"})) {
        return "BadRequest_MappingReferenceWasNotFound";
    }
    if (absent && lower.find("'table'") != lower.npos) return "BadRequest_TableNotExist";
    if (absent && lower.find("'database'") != lower.npos) return "BadRequest_DatabaseNotExist";
    // Of no meaning of its own: the text says what is wrong with the rows.
    bool says_nothing = service_code.empty() || equals_ignoring_case(service_code, "BadRequest");
    return says_nothing ? "General_BadRequest" : redacted_code(service_code);
}

bool is_about_size(unsigned status, std::string_view text) {
    static constexpr auto parts = std::to_array<std::string_view>(
        {"too large",
         "maximum allowed size",
         "payloadtoolarge",
         "exceeds the maximum",
         "exceeds the limit",
         "exceeds the size"}
    );
    auto is_in_text = [&](std::string_view part) { return text.find(part) != text.npos; };
    return status == 413 || std::ranges::any_of(parts, is_in_text);
}

}  // namespace kustodrop::kusto
