#pragma once

#include <string>
#include <vector>

namespace kustodrop::daemon {

/// Whether the first record names the columns.
enum class header { yes, no, unknown };

/// `yes`: a text stands over values of a type that it is not of. `no`: its own values are of the
/// types of those below. Only types are a proof: names may be empty, equal, or numbers.
header likely_header(const std::vector<std::vector<std::string>>& records);

/// Where likely_header() does not know: whether the first record is more like names than like data.
bool may_name_columns(const std::vector<std::vector<std::string>>& records);

}  // namespace kustodrop::daemon
