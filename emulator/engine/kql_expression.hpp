#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "emulator/engine/kql_values.hpp"
#include "emulator/schema/kql_tokens.hpp"
#include "emulator/schema/schema.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kustodrop::emulator {

/// What names stand for where an expression is read.
struct sql_scope {
    std::vector<column> columns;
    std::vector<std::string> columns_sql;  // In the same order.
    wall_time now;
    named_values constants;  // Parameters of a function. Columns come first.
};

/// Reads one expression. Fails with code "Syntax" or "Semantic" in Kusto's sense.
result<sql_expression> read_expression(token_cursor& cursor, const sql_scope& scope);

}  // namespace kustodrop::emulator
