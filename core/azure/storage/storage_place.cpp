#include "azure/storage/storage_place.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace kustodrop::azure {

static constexpr duration longest_reserve = 5min;

static bool is_ip_literal(const std::string& host) {
    if (host.find(':') != std::string::npos) return true;
    return host.find_first_not_of("0123456789.") == std::string::npos;
}

// Path style, as Azurite's and our emulator's: http://127.0.0.1:10000/account/container.
static bool has_account_in_path(const http::url& location) {
    return location.is_loopback() || is_ip_literal(location.host()) ||
           location.host().find('.') == std::string::npos;
}

static failure bad(std::string why) {
    return {errc::bad_resource_uri, remedy::retry, "a resource URI " + std::move(why)};
}

// A SAS may end in the year 9999: as far away as a duration reaches is far enough.
static constexpr std::chrono::hours farthest(24 * 365 * 50);

static std::optional<wall_time> time_of(
    const http::url& location, std::string_view parameter, wall_time now
) {
    auto text = location.parameter(parameter);
    auto time = text ? parse_iso8601(*text) : std::nullopt;
    if (!time) return std::nullopt;
    return std::clamp(*time, now - farthest, now + farthest);
}

static duration reserve_of(const http::url& location, wall_time expires_at, wall_time now) {
    auto begins = time_of(location, "st", now).value_or(now);
    auto life = std::max<duration>(expires_at - std::max(begins, now), duration::zero());
    return std::min(longest_reserve, life / 4);
}

bool storage_place::usable_at(wall_time now) const {
    return !expires_at || now < *expires_at - std::chrono::floor<wall_time::duration>(reserve);
}

result<storage_place> parse_storage_place(std::string_view uri, wall_time now) {
    auto location = http::url::parse(uri);
    if (!location) return bad("is not an http or https URL");
    storage_place out;
    out.location = *location;
    if (auto signature = location->parameter("sig")) out.signature = secret(std::move(*signature));
    auto path = trimmed(location->path()).substr(1);
    while (path.ends_with('/')) path.remove_suffix(1);
    auto segments = split(path, '/');
    if (has_account_in_path(*location)) {
        out.account = segments.front();
        segments.erase(segments.begin());
    } else {
        out.account = location->host().substr(0, location->host().find('.'));
    }
    if (segments.size() != 1 || segments[0].empty() || out.account.empty()) {
        return bad("at " + location->authority() + " names no container, queue or table");
    }
    out.name = segments[0];
    // A time that cannot be read is an unknown one: the service says when the SAS has expired.
    out.expires_at = time_of(*location, "se", now);
    if (out.expires_at) out.reserve = reserve_of(*location, *out.expires_at, now);
    return out;
}

}  // namespace kustodrop::azure
