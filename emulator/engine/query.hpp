#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "emulator/engine/kql_values.hpp"
#include "emulator/schema/kql_tokens.hpp"
#include "emulator/schema/schema.hpp"

#include <string>
#include <vector>

namespace kustodrop::emulator {

/// A query as SQL, and what its answer's columns are.
struct sql_query {
    std::string sql;
    std::vector<column> columns;
};

/// What a query may refer to beside the columns of its source.
struct query_surroundings {
    wall_time now;
    named_values constants = {};
};

/// Translates what follows the source of a query: "| where … | …", or nothing. Known are where,
/// project, project-away, extend, distinct, count, take, sort, top and summarize. Fails with code
/// "Syntax" or "Semantic".
result<sql_query> translate_operators(
    token_cursor& cursor, sql_query source, const query_surroundings& around
);

/// The same for "a, b = x + 1 | …" after `print`.
result<sql_query> translate_print(token_cursor& cursor, const query_surroundings& around);

}  // namespace kustodrop::emulator
