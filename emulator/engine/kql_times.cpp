#include "emulator/engine/kql_times.hpp"

#include "emulator/schema/schema.hpp"

namespace kustodrop::emulator {

using enum column_type;

bool is_of_time(column_type type) { return type == datetime || type == timespan; }

std::string ticks_sql(const sql_expression& of) {
    return (of.type == datetime ? "kusto_moment(" : "kusto_ticks(") + of.sql + ")";
}

sql_expression from_ticks(const std::string& ticks, column_type type) {
    auto function = type == datetime ? "kusto_datetime(" : "kusto_timespan(";
    return {function + ticks + ")", type, "", false};
}

static bool is_numeric(column_type type) {
    return type == int_ || type == long_ || type == real || type == column_type::decimal;
}

// The type of a sum or a difference; none: these do not go together.
static std::optional<column_type> sum_type(
    std::string_view symbol, column_type left, column_type right
) {
    if (left == timespan && right == timespan) return timespan;
    if (left == datetime && right == timespan) return datetime;
    if (symbol == "+" && left == timespan && right == datetime) return datetime;
    if (symbol == "-" && left == datetime && right == datetime) return timespan;
    return std::nullopt;
}

result<sql_expression> time_arithmetic(
    std::string_view symbol, const sql_expression& left, const sql_expression& right
) {
    bool aggregates = left.aggregates || right.aggregates;
    auto made = [&](sql_expression out) {
        out.aggregates = aggregates;
        return result<sql_expression>(boost::system::in_place_value, std::move(out));
    };
    bool adds = symbol == "+" || symbol == "-";
    if (auto type = adds ? sum_type(symbol, left.type, right.type) : std::nullopt) {
        auto sign = " " + std::string(symbol) + " ";
        return made(from_ticks("(" + ticks_sql(left) + sign + ticks_sql(right) + ")", *type));
    }
    auto scaled = [&](const sql_expression& span, const sql_expression& by) {
        auto ticks = "(" + ticks_sql(span) + " " + std::string(symbol) + " " + by.sql + ")";
        return made(from_ticks("CAST(" + ticks + " AS INTEGER)", timespan));
    };
    if (symbol == "*" && left.type == timespan && is_numeric(right.type))
        return scaled(left, right);
    if (symbol == "*" && right.type == timespan && is_numeric(left.type))
        return scaled(right, left);
    if (symbol == "/" && left.type == timespan && is_numeric(right.type))
        return scaled(left, right);
    if (symbol == "/" && left.type == timespan && right.type == timespan) {
        auto ratio = "(CAST(" + ticks_sql(left) + " AS REAL) / " + ticks_sql(right) + ")";
        return made({ratio, real, "", false});
    }
    return semantic_failure(
        "Operator '" + std::string(symbol) + "' cannot be applied to " +
        std::string(to_string(left.type)) + " and " + std::string(to_string(right.type))
    );
}

result<> make_comparable(sql_expression& left, sql_expression& right) {
    if (!is_of_time(left.type) && !is_of_time(right.type)) return {};
    auto is_open = [](column_type type) { return type == dynamic || type == column_type::string; };
    bool fits = left.type == right.type || is_open(left.type) || is_open(right.type);
    if (!fits) {
        return semantic_failure(
            "Cannot compare values of types " + std::string(to_string(left.type)) + " and " +
            std::string(to_string(right.type))
        );
    }
    if (left.type != timespan && right.type != timespan) return {};
    left.sql = "kusto_ticks(" + left.sql + ")";
    right.sql = "kusto_ticks(" + right.sql + ")";
    return {};
}

}  // namespace kustodrop::emulator
