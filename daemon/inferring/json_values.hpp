#pragma once

#include <boost/json/fwd.hpp>

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace kustodrop::daemon {

/// Levels of a record. What has more is not looked into.
inline constexpr std::size_t most_json_levels = 1000;

/// Takes one value after the other, and the elements of arrays for themselves, each as soon as it
/// is read. As in multijson nothing but blanks stands between values outside of arrays. Returns why
/// it stopped before the end, with the line; what a cut sample ends in is left out.
std::optional<std::string> read_json_values(
    std::string_view text, bool is_cut, const std::function<void(const boost::json::value&)>& take
);

/// Whether each line is a value of its own.
bool is_json_lines(std::string_view text, bool is_cut);

}  // namespace kustodrop::daemon
