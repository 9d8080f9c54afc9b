#pragma once

#include "daemon/inferring/found_table.hpp"

#include <boost/json/fwd.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace kustodrop::daemon {

/// Columns of records that are JSON objects, one a line or, with multijson, over several lines.
inference infer_json(const std::vector<sample>& samples, bool is_multi);

/// Takes one value after the other, whatever stands between them, and the elements of arrays for
/// themselves. Returns why it stopped before the end; what a cut sample ends in is left out.
std::optional<std::string> read_json_values(
    std::string_view text, bool is_cut, const std::function<void(const boost::json::value&)>& take
);

/// Whether each line is a value of its own.
bool is_json_lines(std::string_view text, bool is_cut);

}  // namespace kustodrop::daemon
