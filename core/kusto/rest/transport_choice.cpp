#include "kusto/rest/transport_choice.hpp"

#include <algorithm>

namespace kustodrop::kusto {

static constexpr duration after_trouble = 5s;
static constexpr duration longest_wish = 1min;  // One may be late: nothing is lost by asking.
static constexpr duration least_refusal = 10s;
static constexpr duration first_withdrawal = 15min;
static constexpr duration longest_withdrawal = 4h;

bool rest_withdrawal::refused(time_point now) {
    // What was on its way when it was withdrawn.
    if (is_on(now)) return false;
    // One refusal may be an accident.
    if (!refused_at_) refused_at_ = now;
    if (!until_ && now - *refused_at_ < least_refusal) return false;
    bool begins = !until_;
    pause_ = begins ? first_withdrawal : std::min(2 * pause_, longest_withdrawal);
    until_ = now + pause_;
    return begins;
}

bool rest_withdrawal::accepted() {
    bool was_withdrawn = until_.has_value();
    *this = rest_withdrawal();
    return was_withdrawn;
}

static bool is_transient(unsigned status) {
    return status < 300 || status == 408 || status == 429 || status >= 500;
}

transport_choice choose_transport(const settings_answer& answer, std::optional<transport> last) {
    transport_choice out;
    out.ask_again = rest_settings().refresh_interval;
    if (answer.status == 200 && answer.settings) {
        out.chosen = answer.settings->preferred;
        out.reason = choice_reason::preferred;
        out.ask_again = answer.settings->refresh_interval;
        return out;
    }
    if (is_transient(answer.status)) {
        out.chosen = last.value_or(transport::queued);
        out.reason = last ? choice_reason::kept : choice_reason::unknown_yet;
        auto wish = std::min(answer.retry_after.value_or(after_trouble), longest_wish);
        out.ask_again = std::max(wish, after_trouble);
        return out;
    }
    out.reason = answer.status == 404 ? choice_reason::not_supported : choice_reason::refused;
    return out;
}

std::string_view to_string(transport chosen) {
    return chosen == transport::rest ? "rest" : "queued";
}

std::string_view to_string(choice_reason reason) {
    switch (reason) {
    case choice_reason::preferred:
        return "preferred";
    case choice_reason::not_supported:
        return "not_supported";
    case choice_reason::refused:
        return "refused";
    case choice_reason::unknown_yet:
        return "unknown_yet";
    case choice_reason::kept:
        return "kept";
    case choice_reason::configured:
        return "configured";
    }
    return "unknown_yet";
}

}  // namespace kustodrop::kusto
