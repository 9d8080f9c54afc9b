#include "http/clock_skew.hpp"

#include "base/text.hpp"

namespace kustodrop::http {

std::optional<duration> clock_skew(const response& answer, wall_time received) {
    auto field = answer.headers.find("Date");
    auto served = field ? parse_http_date(*field) : std::nullopt;
    if (!served) return std::nullopt;
    return clock_skew(*served, received);
}

duration clock_skew(wall_time served, wall_time received) {
    duration ahead = received - served;
    bool within_its_second = ahead >= duration::zero() && ahead < std::chrono::seconds(1);
    return within_its_second ? duration::zero() : ahead;
}

std::optional<std::string> skew_hint(duration skew, const std::string& host) {
    bool ahead = skew > duration::zero();
    auto size = ahead ? skew : -skew;
    if (size < harmful_skew) return std::nullopt;
    return "this machine's clock is " + human_duration(size) + (ahead ? " ahead of " : " behind ") +
           host + "'s, and services refuse what is signed for another time; set the clock " +
           "(timedatectl set-ntp true)";
}

}  // namespace kustodrop::http
