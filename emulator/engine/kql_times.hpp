#pragma once

#include "base/result.hpp"
#include "emulator/engine/kql_values.hpp"

#include <string>
#include <string_view>

namespace kustodrop::emulator {

/// Whether a value of this type is a datetime or a timespan, which SQL knows as text only.
bool is_of_time(column_type type);

/// The ticks of a datetime or timespan, as SQL; null where it is.
std::string ticks_sql(const sql_expression& of);

/// The datetime or timespan of so many ticks, as SQL.
sql_expression from_ticks(const std::string& ticks, column_type type);

/// "left + right" and the like, where a side is a datetime or a timespan. Fails with code
/// "Semantic" where the service does.
result<sql_expression> time_arithmetic(
    std::string_view symbol, const sql_expression& left, const sql_expression& right
);

/// Makes both sides of a comparison numbers where they are timespans, whose texts are in no order.
/// Fails with code "Semantic" where a datetime or a timespan stands beside something else.
result<> make_comparable(sql_expression& left, sql_expression& right);

}  // namespace kustodrop::emulator
