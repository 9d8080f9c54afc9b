#include "kusto/rest/rest_settings.hpp"

#include "base/text.hpp"
#include "kusto/rest/json_members.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <charconv>

namespace kustodrop::kusto {

static constexpr std::size_t largest_answer = 8u << 20u;
static constexpr std::size_t documented_max_blobs = 20;
static constexpr duration shortest_refresh = 10min;
static constexpr duration longest_refresh = 1h;

static std::optional<std::int64_t> digits(std::string_view text, std::int64_t limit) {
    if (text.empty() || text.size() > 8) return std::nullopt;
    std::int64_t out = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    bool whole = error == std::errc() && end == text.data() + text.size();
    if (!whole || text[0] == '-' || out > limit) return std::nullopt;
    return out;
}

// ".5" is half a second.
static std::optional<duration> fraction(std::string_view text) {
    if (text.empty() || text.size() > 9) return std::nullopt;
    std::int64_t nanoseconds = 0;
    for (std::size_t i = 0; i < 9; ++i) {
        if (i < text.size() && (text[i] < '0' || text[i] > '9')) return std::nullopt;
        nanoseconds = nanoseconds * 10 + (i < text.size() ? text[i] - '0' : 0);
    }
    return std::chrono::nanoseconds(nanoseconds);
}

std::optional<duration> parse_time_span(std::string_view text) {
    text = trimmed(text);
    static constexpr std::int64_t a_year = 366 * 24 * 3600;
    auto parts = split(text, ':');
    duration out{};
    if (parts.size() == 1) {
        auto seconds = digits(text, a_year);
        if (!seconds) return std::nullopt;
        out = std::chrono::seconds(*seconds);
    } else {
        if (parts.size() != 3) return std::nullopt;
        auto day_end = parts[0].find('.');
        bool has_days = day_end != std::string_view::npos;
        auto days = digits(has_days ? parts[0].substr(0, day_end) : "0", 366);
        auto hours = digits(has_days ? parts[0].substr(day_end + 1) : parts[0], 23);
        auto minutes = digits(parts[1], 59);
        auto point = parts[2].find('.');
        bool has_fraction = point != std::string_view::npos;
        auto seconds = digits(parts[2].substr(0, point), 59);
        auto rest = fraction(has_fraction ? parts[2].substr(point + 1) : "0");
        if (!days || !hours || !minutes || !seconds || !rest) return std::nullopt;
        out = std::chrono::hours(24 * *days + *hours) + std::chrono::minutes(*minutes) +
              std::chrono::seconds(*seconds) + *rest;
    }
    if (out <= duration::zero()) return std::nullopt;
    return out;
}

static transport transport_of(std::string_view method) {
    auto name = trimmed(method);
    bool rest = equals_ignoring_case(name, "rest") || equals_ignoring_case(name, "v2");
    return rest ? transport::rest : transport::queued;
}

static std::optional<duration> interval_of(const boost::json::value* settings) {
    if (auto seconds = natural_of(settings, "refreshInterval")) {
        return parse_time_span(std::to_string(*seconds));
    }
    return parse_time_span(text_of(settings, "refreshInterval"));
}

result<rest_settings> parse_rest_settings(std::string_view body) {
    if (body.size() > largest_answer) {
        return failure{
            errc::answer_too_large, remedy::retry, "the ingestion configuration exceeds 8 MiB"};
    }
    auto document = parse_object(body);
    if (!document) return document.error();
    auto* containers = member_of(&*document, "containerSettings");
    auto* ingestion = member_of(&*document, "ingestionSettings");
    rest_settings out;
    out.preferred = transport_of(text_of(ingestion, "preferredIngestionMethod"));
    // More than the documented number is not supported, whatever is said.
    auto blobs = natural_of(ingestion, "maxBlobsPerBatch").value_or(0);
    if (blobs > 0) out.max_blobs = std::min<std::uint64_t>(blobs, documented_max_blobs);
    auto size = natural_of(ingestion, "maxDataSize").value_or(0);
    if (size > 0) out.max_data_size = size;
    auto interval = interval_of(containers).value_or(out.refresh_interval);
    out.refresh_interval = std::clamp(interval, shortest_refresh, longest_refresh);
    return out;
}

}  // namespace kustodrop::kusto
