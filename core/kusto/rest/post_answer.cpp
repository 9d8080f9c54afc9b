#include "kusto/rest/post_answer.hpp"

#include "kusto/dataset.hpp"
#include "kusto/notifications.hpp"
#include "kusto/rest/error_document.hpp"
#include "kusto/rest/operation_status.hpp"

#include <utility>

namespace kustodrop::kusto {

// "EntityNotFoundException" of an entity that the message does not name.
static std::string code_of_target(const error_document& said) {
    auto code = notification_code(said.code, said.message);
    auto kind = classify(code);
    if (kind == error_class::configuration || kind == error_class::rights) return code;
    bool is_entity = said.type.find("EntityNotFound") != std::string::npos ||
                     said.code.find("EntityNotFound") != std::string::npos;
    return is_entity ? "BadRequest_EntityNotFound" : std::string();
}

static post_step step_of_refusal(unsigned status, const error_document& said) {
    if (status == 401 || status == 403) return post_step::no_rights;
    bool says_throttled = said.is_there && said.text().find("throttl") != std::string::npos;
    if (status == 429 || status == 503 || says_throttled) return post_step::throttled;
    bool names_reason = said.is_there && (status == 400 || status == 404);
    if (names_reason && !code_of_target(said).empty()) return post_step::no_target;
    if (status == 404 || status == 405 || status == 501) return post_step::no_endpoint;
    return post_step::refused;
}

// 501 is said by what does not know the method, before it looks at the request.
static bool is_unclear(unsigned status) {
    if (status == 503 || status == 501) return false;
    return status == 408 || status >= 500 || status < 300;
}

static std::string_view hint_for(post_step step) {
    switch (step) {
    case post_step::no_rights:
        return "ingestion by REST needs the roles Ingestor and Database User; grant them, or set "
               "cluster.transport to queued";
    case post_step::no_endpoint:
        return "this place does not take files by REST: check cluster.ingestion_endpoint and what "
               "lies in between, or set cluster.transport to queued";
    case post_step::no_target:
        return "correct database, table and mapping, or create them";
    default:
        return "";
    }
}

static post_reply refusal_of(const http::response& answer, std::string_view where) {
    auto said = error_in(answer.body);
    post_reply out;
    out.why = management_failure(answer, where);
    if (is_unclear(answer.status)) {
        out.step = post_step::unanswered;
        out.why.maybe_acted = true;
    } else {
        out.step = step_of_refusal(answer.status, said);
        bool is_refused = out.step == post_step::refused;
        out.is_of_size = is_refused && is_about_size(answer.status, said.text());
    }
    if (out.step == post_step::no_target) out.why.code = service_code(code_of_target(said));
    if (auto hint = hint_for(out.step); !hint.empty()) out.why.hint = hint;
    // Another request may still be answered: no answer to one of them is the end of a file.
    if (out.why.next == remedy::give_up) out.why.next = remedy::reconfigure;
    // The token is replaced where it is to blame.
    if (out.why.next == remedy::reauthenticate) out.why.next = remedy::reconfigure;
    return out;
}

post_reply judge_post(const result<http::response>& answer, std::string_view where) {
    post_reply out;
    if (!answer) {
        out.why = answer.error();
        out.step = out.why.maybe_acted ? post_step::unanswered : post_step::not_sent;
        // What came was an answer, but one that cannot be read.
        bool is_unreadable = out.why.maybe_acted && out.why.code == errc::bad_answer;
        if (is_unreadable) out.step = post_step::unreadable;
        return out;
    }
    if (answer->status < 200 || answer->status >= 300) return refusal_of(*answer, where);
    auto id = parse_operation_id(answer->body);
    if (id) {
        out.operation = std::move(*id);
        return out;
    }
    out.step = post_step::unreadable;
    out.why = id.error();
    out.why.detail =
        std::string(where) + ": " + std::to_string(answer->status) + ", but " + out.why.detail;
    return out;
}

std::string_view to_string(post_step step) {
    switch (step) {
    case post_step::accepted:
        return "accepted";
    case post_step::unanswered:
        return "unanswered";
    case post_step::unreadable:
        return "unreadable";
    case post_step::not_sent:
        return "not_sent";
    case post_step::throttled:
        return "throttled";
    case post_step::no_rights:
        return "no_rights";
    case post_step::no_target:
        return "no_target";
    case post_step::no_endpoint:
        return "no_endpoint";
    case post_step::refused:
        return "refused";
    }
    return "unknown";
}

}  // namespace kustodrop::kusto
