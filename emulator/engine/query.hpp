#pragma once

#include "base/result.hpp"
#include "emulator/engine/stored_tables.hpp"
#include "emulator/schema/kql_tokens.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::emulator {

/// A query as SQL, and what its answer's columns are.
struct sql_query {
    std::string sql;
    std::vector<column> columns;
};

/// Finds a table of a database.
using table_finder = std::function<
    std::optional<stored_table>(const std::string& database, const std::string& table)>;

/// Translates the part of the Kusto query language that checks what arrived: a table, then where,
/// project, project-away, extend, distinct, count, take, sort, top and summarize; also `print`.
/// Fails with code "Syntax" or "Semantic".
result<sql_query> translate_query(
    const std::string& database, std::string_view text, const table_finder& find, wall_time now
);

/// The same for what follows a source: "| where … | …", or nothing.
result<sql_query> translate_operators(token_cursor& cursor, sql_query source, wall_time now);

}  // namespace kustodrop::emulator
