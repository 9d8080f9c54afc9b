#include "daemon/commands/recorded/moments.hpp"

#include "base/text.hpp"
#include "config/reading/quantities.hpp"

#include <string>

namespace kustodrop::daemon {

std::optional<wall_time> parse_moment(std::string_view text, wall_time now) {
    auto midnight = wall_time(std::chrono::floor<std::chrono::days>(now));
    if (text == "now") return now;
    if (text == "today") return midnight;
    if (text == "yesterday") return midnight - std::chrono::days(1);
    auto ago = config::parse_duration(std::string(text));
    if (ago.has_value()) return now - std::chrono::duration_cast<wall_time::duration>(*ago);
    if (auto moment = parse_iso8601(text)) return moment;
    return parse_iso8601(std::string(text) + "Z");  // Times without a zone are UTC.
}

}  // namespace kustodrop::daemon
