#pragma once

#include "base/result.hpp"
#include "emulator/engine/query.hpp"
#include "emulator/engine/stored_tables.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace kustodrop::emulator {

/// What a query may begin with, by database and name.
struct query_sources {
    std::function<std::optional<stored_table>(const std::string&, const std::string&)> table;
    std::function<std::optional<stored_function>(const std::string&, const std::string&)> function;
};

/// Translates the part of the Kusto query language that checks what arrived: a table, a stored
/// function or `print`, then operators. Fails with code "Syntax" or "Semantic".
result<sql_query> translate_query(
    const std::string& database, std::string_view text, const query_sources& find, wall_time now
);

/// The same for the body of a function, whose parameters stand for nothing yet: what is wrong with
/// it shows when it is made.
result<sql_query> translate_body(
    const std::string& database,
    const stored_function& function,
    const query_sources& find,
    wall_time now
);

}  // namespace kustodrop::emulator
