#pragma once

#include "base/result.hpp"
#include "emulator/schema/kql_tokens.hpp"
#include "emulator/schema/schema.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::emulator {

/// An expression of a query, as SQL.
struct sql_expression {
    std::string sql;
    column_type type = column_type::string;
    std::string name;         // What a column made of it is called; "" where it has no own name.
    bool aggregates = false;  // count(), sum(…), …
};

/// What names stand for where an expression is read.
struct sql_scope {
    std::vector<column> columns;
    std::vector<std::string> columns_sql;  // In the same order.
    wall_time now;
};

/// Reads one expression. Fails with code "Syntax" or "Semantic" in Kusto's sense.
result<sql_expression> read_expression(token_cursor& cursor, const sql_scope& scope);

}  // namespace kustodrop::emulator
