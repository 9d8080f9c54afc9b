#include "emulator/front/gateway.hpp"

#include "base/text.hpp"

namespace kustodrop::emulator {

static constexpr duration stall_limit = 10min;

asio::awaitable<http::reply> gateway::handle(service& to, exchange one) {
    one.request_id = make_guid(random_);
    one.internal = !internal_value_.empty() &&
                   one.header("x-emulator-internal").value_or("") == internal_value_;
    to.classify(one);
    std::optional<fault_action> fault;
    if (!one.internal) {
        fault = faults_.next_fault(one.service, one.operation, one.account, one.resource);
    }
    http::reply out;
    if (fault) {
        out = co_await apply_fault(to, one, *fault);
    } else {
        out = co_await to.answer(one);
    }
    bool silent = out.reset || out.stall > duration::zero();
    if (!one.internal) statistics_.count(one, silent ? 0 : out.answer.status);
    if (!silent) add_common_headers(out.answer, one);
    co_return out;
}

static service_error error_of(const fault_action& action) {
    service_error out;
    out.status = action.status;
    out.code = action.code.empty() ? "EmulatedFault" : action.code;
    out.message =
        action.message.empty() ? "A fault that was set with /control/faults." : action.message;
    return out;
}

asio::awaitable<http::reply> gateway::apply_fault(service& to, exchange& one, fault_action action) {
    http::reply out;
    if (action.delay > duration::zero()) {
        auto wake = clock_.now() + action.delay;
        co_await clock_.sleep_until(wake);
    }
    if (action.reset == fault_action::break_at::before) {
        out.reset = true;
        co_return out;
    }
    if (action.stall) {
        out.stall = stall_limit;
        co_return out;
    }
    if (action.status != 0) {
        auto error = error_of(action);
        out.answer = action.html_bytes > 0 ? html_answer(action.status, action.html_bytes)
                                           : to.refusal(error, one);
        if (!action.retry_after.empty()) {
            out.answer.headers.add("Retry-After", action.retry_after);
        }
        co_return out;
    }
    out = co_await to.answer(one);
    if (action.answer_delay > duration::zero()) {
        auto wake = clock_.now() + action.answer_delay;
        co_await clock_.sleep_until(wake);
    }
    out.reset = action.reset == fault_action::break_at::after;
    // Of an answer to HEAD, of one without a body, and of a blob's file nothing is chunked.
    bool has_body = one.request.method != http::verb::head && !out.file &&
                    out.answer.status != 204 && out.answer.status != 304;
    if (!action.content_encoding.empty()) {
        out.answer.headers.add("Content-Encoding", action.content_encoding);
    }
    if (action.chunk_extension > 0 && has_body) chunk_body(out.answer, action.chunk_extension);
    co_return out;
}

void gateway::add_common_headers(http::response& answer, const exchange& one) const {
    auto& headers = answer.headers;
    headers.add("Date", to_http_date(clock_.wall_now()));
    headers.add("Server", "kustodrop-emulator");
    if (auto id = one.header("x-ms-client-request-id")) {
        headers.add("x-ms-client-request-id", std::string(*id));
    }
    bool storage = one.service == "blob" || one.service == "queue" || one.service == "table";
    headers.add(storage ? "x-ms-request-id" : "x-ms-activity-id", one.request_id);
    if (!storage) return;
    // With a SAS, its version decides (docs/protocol.md §5.1).
    auto version = one.parameter("sv").value_or("2018-03-28");
    headers.add("x-ms-version", std::string(version));
}

}  // namespace kustodrop::emulator
