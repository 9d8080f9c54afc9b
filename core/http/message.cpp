#include "http/message.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <charconv>

namespace kustodrop::http {

std::string_view to_string(verb method) {
    switch (method) {
    case verb::get:
        return "GET";
    case verb::head:
        return "HEAD";
    case verb::put:
        return "PUT";
    case verb::post:
        return "POST";
    case verb::delete_:
        return "DELETE";
    }
    return "GET";
}

std::optional<std::string_view> headers::find(std::string_view name) const {
    for (auto& [key, value] : all_) {
        if (equals_ignoring_case(key, name)) return value;
    }
    return std::nullopt;
}

static constexpr std::size_t usual_fields = 8;

void headers::add(std::string name, std::string value) {
    if (all_.empty()) all_.reserve(usual_fields);
    all_.emplace_back(std::move(name), std::move(value));
}

static std::optional<long> whole_number(std::string_view text) {
    long value = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
    return value;
}

static std::optional<wall_time::duration> against_own_date(
    const response& answer, std::string_view value
) {
    auto date = answer.headers.find("Date");
    if (!date) return std::nullopt;
    auto then = parse_http_date(value);
    auto now = parse_http_date(*date);
    if (!then || !now || *then < *now) return std::nullopt;
    return *then - *now;
}

std::optional<duration> retry_after(const response& answer) {
    static constexpr long an_hour_of_ms = 3'600'000;
    for (auto name : {"retry-after-ms", "x-ms-retry-after-ms"}) {
        auto value = answer.headers.find(name);
        auto ms = value ? whole_number(trimmed(*value)) : std::nullopt;
        if (ms) return std::chrono::milliseconds(std::min(*ms, an_hour_of_ms));
    }
    auto value = answer.headers.find("Retry-After");
    if (!value) return std::nullopt;
    auto text = trimmed(*value);
    if (auto seconds = whole_number(text)) return std::chrono::seconds(std::min(*seconds, 3600L));
    auto wait = against_own_date(answer, text);
    if (!wait) return std::nullopt;
    return std::min<wall_time::duration>(*wait, 1h);
}

}  // namespace kustodrop::http
