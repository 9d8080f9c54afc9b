#include "kusto/streaming/streaming_answer.hpp"

#include "base/text.hpp"
#include "kusto/dataset.hpp"
#include "kusto/notifications.hpp"
#include "kusto/redact.hpp"
#include "kusto/rest/error_document.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <optional>
#include <string>

namespace kustodrop::kusto {

static constexpr std::size_t longest_quote = 1000;

namespace {

bool contains(std::string_view text, std::initializer_list<std::string_view> parts) {
    return std::ranges::any_of(parts, [&](std::string_view part) {
        return text.find(part) != std::string_view::npos;
    });
}

bool is_letter(char c) { return c >= 'a' && c <= 'z'; }

// "off" alone: "offset" says something else.
bool stands_alone(std::string_view text, std::string_view part) {
    for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1)) {
        auto end = at + part.size();
        bool begins = at == 0 || !is_letter(text[at - 1]);
        if (begins && (end == text.size() || !is_letter(text[end]))) return true;
    }
    return false;
}

bool is_throttling(unsigned status, std::string_view text) {
    return status == 429 || contains(text, {"throttl", "toomanyrequests"});
}

// What says it has not passed the request on, or has taken nothing of it. Any other 5xx may come
// after the deed, whatever is written in it.
bool is_refusal(unsigned status) {
    return (status >= 400 && status < 500 && status != 408) || status == 503;
}

// The service says so before it reads the rows.
bool is_before_the_deed(unsigned status, const error_document& said, std::string_view text) {
    if (is_refusal(status)) return true;
    return said.is_of_service() && contains(text, {"determine row store", "throttl"});
}

bool is_about_rights(std::string_view text) {
    return contains(text, {"not authorized", "unauthorized"}) ||
           (contains(text, {"principal"}) && contains(text, {"permission", "role"}));
}

bool is_off(std::string_view text) {
    if (text.find("streaming") == text.npos) return false;
    return contains(text, {"disabled", "not enabled", "notenabled"}) || stands_alone(text, "off");
}

// What the table has that streaming does not work with.
bool is_prevented(std::string_view text) {
    return contains(text, {"update policy", "updatepolicy", "schema", "incompatible"});
}

bool is_missing_entity(std::string_view text) {
    return text.find("entity") != text.npos && contains(text, {"not found", "notfound"});
}

// Only the service knows what is wrong with rows or their table, and it says so as 400 or 404.
bool is_fault_of_source(unsigned status, const error_document& said, std::string_view text) {
    bool is_known = said.is_of_service() || said.permanent.value_or(false);
    if (!is_known) return false;
    if (is_missing_entity(text)) return status == 400 || status == 404;
    if (status != 400 || !said.permanent.value_or(true)) return false;
    if (said.is_of_service()) return true;
    auto whose = classify(said.code);
    return whose == error_class::data || whose == error_class::configuration;
}

}  // namespace

static std::string request_id_of(const http::response& answer) {
    auto id = answer.headers.find("x-ms-activity-id");
    if (!id) id = answer.headers.find("x-ms-request-id");
    return id ? printable(id->substr(0, 128)) : std::string();
}

static failure failure_of(
    const http::response& answer, const error_document& said, std::string_view where
) {
    failure out;
    auto code = redacted_code(said.code);
    if (code.empty()) code = "http_" + std::to_string(answer.status);
    out.code = service_code(code);
    out.detail = std::string(where) + ": " + std::to_string(answer.status) + " " + code;
    if (!said.message.empty()) out.detail += ": " + redacted(said.message, longest_quote);
    out.retry_after = http::retry_after(answer);
    out.request_id = request_id_of(answer);
    return out;
}

// What an error document of a request says that was refused before its rows were taken.
static streaming_step step_of_refusal(
    unsigned status, const error_document& said, std::string_view text
) {
    if (is_about_rights(text)) return streaming_step::queue_for_rights;
    if (is_off(text)) return streaming_step::queue_for_long;
    if (is_fault_of_source(status, said, text) && is_missing_entity(text)) {
        return streaming_step::failed;
    }
    if (is_prevented(text)) return streaming_step::queue_for_long;
    if (is_fault_of_source(status, said, text)) return streaming_step::failed;
    bool may_pass = status >= 500 || (said.permanent && !*said.permanent);
    return may_pass ? streaming_step::try_again : streaming_step::queue_for_outage;
}

static streaming_step step_of(unsigned status, const error_document& said) {
    auto text = said.text();
    if (status == 401) return streaming_step::reauthenticate;
    if (status == 403) return streaming_step::queue_for_rights;
    bool is_safe = said.is_there ? is_before_the_deed(status, said, text)
                                 : status >= 300 && status < 500 && status != 408;
    if (!is_safe) return streaming_step::unanswered;
    if (is_throttling(status, text)) return streaming_step::queue_for_moment;
    if (is_about_size(status, text)) return streaming_step::queue_this;
    if (said.is_there) return step_of_refusal(status, said, text);
    // A cluster that does not stream has nothing there; what else stands in between is a proxy.
    return status == 404 ? streaming_step::queue_for_long : streaming_step::queue_for_outage;
}

static std::string_view hint_for(streaming_step step) {
    switch (step) {
    case streaming_step::queue_this:
        return "it is queued";
    case streaming_step::queue_for_long:
        return "files are queued: enable streaming ingestion on the cluster, and its policy on the "
               "table or database";
    case streaming_step::queue_for_rights:
    case streaming_step::reauthenticate:
        return "files are queued: streaming needs the role Database User on the database, beside "
               "Ingestor";
    case streaming_step::queue_for_moment:
        return "files are queued for a moment: the cluster throttles";
    case streaming_step::queue_for_outage:
        return "files are queued: open the query endpoint in the firewall";
    case streaming_step::unanswered:
        return "its file is queued later, and its rows may be there twice then";
    default:
        return "";
    }
}

// A permanent failure keeps its file from being sent again; the others are ours to repeat.
static remedy remedy_for(streaming_step step) {
    if (step == streaming_step::failed) return remedy::give_up;
    return step == streaming_step::reauthenticate ? remedy::reauthenticate : remedy::retry;
}

// A captive portal says yes to everything, with a page: only a document of the service says that
// the rows were stored, or nothing at all.
static bool says_stored(const http::response& answer) {
    if (answer.status != 200 && answer.status != 201 && answer.status != 204) return false;
    auto body = std::string_view(answer.body);
    if (body.starts_with("\xEF\xBB\xBF")) body.remove_prefix(3);
    if (!trimmed(body).empty()) return parse_dataset(body).has_value();
    auto kind = answer.headers.find("Content-Type");
    return !kind || to_lower(*kind).find("html") == std::string::npos;
}

streaming_reply judge_streaming(const result<http::response>& answer, std::string_view where) {
    streaming_reply out;
    if (!answer) {
        out.why = answer.error();
        out.step =
            out.why.maybe_acted ? streaming_step::unanswered : streaming_step::queue_for_outage;
        if (!out.why.maybe_acted) out.why.hint = hint_for(out.step);
        return out;
    }
    if (says_stored(*answer)) {
        out.why.request_id = request_id_of(*answer);
        return out;
    }
    auto said = error_in(answer->body);
    out.step = step_of(answer->status, said);
    out.why = failure_of(*answer, said, where);
    out.why.next = remedy_for(out.step);
    out.why.hint = hint_for(out.step);
    out.why.maybe_acted = out.step == streaming_step::unanswered;
    if (out.step == streaming_step::failed) {
        out.why.code = service_code(notification_code(said.code, said.message));
    }
    return out;
}

std::string_view to_string(streaming_step step) {
    switch (step) {
    case streaming_step::succeeded:
        return "succeeded";
    case streaming_step::failed:
        return "failed";
    case streaming_step::queue_this:
        return "queue_this";
    case streaming_step::queue_for_long:
        return "queue_for_long";
    case streaming_step::queue_for_rights:
        return "queue_for_rights";
    case streaming_step::queue_for_moment:
        return "queue_for_moment";
    case streaming_step::queue_for_outage:
        return "queue_for_outage";
    case streaming_step::reauthenticate:
        return "reauthenticate";
    case streaming_step::try_again:
        return "try_again";
    case streaming_step::unanswered:
        return "unanswered";
    }
    return "unknown";
}

}  // namespace kustodrop::kusto
