#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "emulator/engine/kql_values.hpp"

#include <optional>
#include <string>
#include <vector>

namespace kustodrop::emulator {

/// What a function of the query language makes of its arguments, as SQL. Fails with code
/// "Semantic" where it is not known here or is called with others.
result<sql_expression> call(
    const std::string& name, const std::vector<sql_expression>& values, wall_time now
);

/// A moment as the language writes it.
sql_expression time_literal(wall_time time);

/// A form with $1, $2, … for the arguments.
std::string filled(std::string_view form, const std::vector<sql_expression>& values);

}  // namespace kustodrop::emulator
