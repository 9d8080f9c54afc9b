#include "async/timetable.hpp"

#include <algorithm>
#include <ctime>

namespace kustodrop {

using namespace std::chrono;

// Shown by a local clock, which runs through some of these twice and leaves some out.
using local_minute = sys_seconds;

seconds machine_zone(wall_time at) {
    tzset();  // The zone of a machine may be set while we run.
    auto moment = system_clock::to_time_t(floor<seconds>(at));
    std::tm shown{};
    if (!localtime_r(&moment, &shown)) return 0s;
    return seconds(shown.tm_gmtoff);
}

static local_minute shown_at(sys_seconds moment, const time_zone& zone) {
    return moment + zone(moment);
}

// The first moment when a local clock shows `wanted` or something later.
static sys_seconds first_moment(local_minute wanted, const time_zone& zone) {
    // No zone is a day from UTC, so that these two lie before and after a change of the clocks
    // about that time.
    auto before = zone(wanted - 24h);
    auto after = zone(wanted + 24h);
    auto early = wanted - std::max(before, after);
    auto late = wanted - std::min(before, after);
    if (shown_at(early, zone) >= wanted) return early;
    // Between the two the clocks may be set forward over `wanted`.
    while (late - early > 1s) {
        auto middle = early + (late - early) / 2;
        (shown_at(middle, zone) >= wanted ? late : early) = middle;
    }
    return late;
}

namespace {

struct entry_start {
    sys_seconds at;
    local_minute shown;
    std::uint64_t rate;

    // Two may begin at once where clocks are set forward over both.
    bool operator<(const entry_start& other) const {
        return at != other.at ? at < other.at : shown < other.shown;
    }
};

}  // namespace

// What begins on a day of the calendar, in order.
static std::vector<entry_start> of_day(
    const std::vector<timetable_entry>& entries, sys_days day, const time_zone& zone
) {
    std::vector<entry_start> out;
    for (auto& entry : entries) {
        if (!entry.is_on(weekday(day))) continue;
        local_minute shown = day + minutes(entry.minute);
        out.push_back({first_moment(shown, zone), shown, entry.bytes_per_second});
    }
    std::sort(out.begin(), out.end());
    return out;
}

// A week before and after a day lie all entries, and one more day is where clocks are set.
static constexpr days horizon{8};

rate_in_force timetable::at(wall_time now, const time_zone& zone) const {
    if (is_constant()) return {always_};
    auto today = floor<days>(shown_at(floor<seconds>(now), zone));
    std::optional<entry_start> last;
    for (auto day = today + days(1); !last && day >= today - horizon; day -= days(1)) {
        for (auto& one : of_day(entries_, day, zone)) {
            if (one.at <= now) last = one;
        }
    }
    if (!last) return {};
    for (auto day = today - days(1); day <= today + horizon; day += days(1)) {
        for (auto& one : of_day(entries_, day, zone)) {
            if (one.at > now && one.rate != last->rate) return {last->rate, one.at};
        }
    }
    return {last->rate};
}

}  // namespace kustodrop
