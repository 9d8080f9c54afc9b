// Retry-After in all its forms: the input is header lines.
#include "base/text.hpp"
#include "fuzz/fuzz_target.hpp"
#include "http/message.hpp"

using namespace kustodrop;
using fuzz::promise;

FUZZ_TARGET(retry_after) {
    http::response answer;
    answer.status = 503;
    for (auto line : split(input, '\n')) {
        auto colon = line.find(':');
        if (colon == line.npos) continue;
        auto value = trimmed(line.substr(colon + 1));
        answer.headers.add(std::string(line.substr(0, colon)), std::string(value));
        auto date = parse_http_date(value);
        if (date) promise(parse_http_date(to_http_date(*date)) == date, "a date is read back");
        auto time = parse_iso8601(value);
        if (time) to_iso8601(*time);
    }
    auto wait = http::retry_after(answer);
    if (!wait) return;
    promise(*wait >= duration::zero(), "a wait is not negative");
    promise(*wait <= std::chrono::hours(1), "a wait is at most an hour");
}
