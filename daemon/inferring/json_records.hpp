#pragma once

#include "daemon/inferring/found_table.hpp"

#include <string_view>

namespace kustodrop::daemon {

/// Columns of records that are JSON objects, one a line or, with multijson, over several lines.
inference infer_json(const std::vector<sample>& samples, bool is_multi);

/// Whether each line is a value of its own.
bool is_json_lines(std::string_view text, bool is_cut);

}  // namespace kustodrop::daemon
