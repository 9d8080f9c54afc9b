#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace kustodrop::config {

/// "100ms", "10s", "5m", "1h", "7d", or several in falling order ("1h30m"); a bare number only
/// when it is 0. The failure's detail follows the value in a sentence: "has no unit; use …".
result<duration> parse_duration(std::string_view text);

/// "0", "512B", "64KiB", "4MiB", "1GiB", "2TiB", in bytes. Fails like parse_duration.
result<std::uint64_t> parse_size(std::string_view text);

/// "5%", "0.5%", from 0 to 100; a bare number only when it is 0. Fails like parse_duration.
result<double> parse_percentage(std::string_view text);

/// A number of digits only. Fails like parse_duration.
result<std::uint64_t> parse_whole_number(std::string_view text);

/// The same values as one would write them: in the largest unit that leaves no rest.
std::string format_duration(duration);
std::string format_size(std::uint64_t bytes);
std::string format_percentage(double percent);

}  // namespace kustodrop::config
