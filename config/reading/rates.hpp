#pragma once

#include "async/timetable.hpp"
#include "config/reading/values.hpp"

#include <string>
#include <string_view>

namespace kustodrop::config {

/// "Mon-Fri 07:00 1MiB; 19:00 off": entries of days (none: every day), local time and size, or
/// "off" for no limit; or one size for all times. The failure's detail names the entry.
result<timetable> parse_timetable(std::string_view text, range<std::uint64_t> allowed);

/// The same as one would write it.
std::string format_timetable(const timetable& rates);

/// The least rate that is one: with less, no file would ever be shipped.
inline constexpr std::uint64_t least_rate = 8 * 1024;

bool read_timetable(
    section& from, std::string_view key, timetable& out, range<std::uint64_t> allowed
);

}  // namespace kustodrop::config
