#include "emulator/engine/kql_calls.hpp"

#include "base/text.hpp"
#include "emulator/engine/kql_functions.hpp"
#include "emulator/engine/kql_times.hpp"
#include "emulator/schema/cells.hpp"
#include "sqlite/quoting.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

namespace kustodrop::emulator {

using enum column_type;
using call_values = std::vector<sql_expression>;
using call_result = result<sql_expression>;

static failure wrong_count(const std::string& name) {
    return semantic_failure(name + "(): wrong number of arguments");
}

sql_expression time_literal(wall_time time) {
    auto text = normalized_datetime(to_iso8601(time)).value_or("");
    return {sqlite::quoted_text(text), datetime, "", false};
}

std::string filled(std::string_view form, const call_values& values) {
    std::string out;
    for (std::size_t i = 0; i < form.size(); ++i) {
        if (form[i] != '$') {
            out += form[i];
            continue;
        }
        out += values[static_cast<std::size_t>(form[++i] - '1')].sql;
    }
    return out;
}

static sql_expression concatenation(const call_values& values) {
    std::string sql = "(''";
    for (auto& value : values) sql += " || coalesce(" + value.sql + ", '')";
    return {sql + ")", column_type::string, "", false};
}

// case(condition, value, …, otherwise), and iff() with one condition.
static call_result choice(const std::string& name, const call_values& values) {
    bool is_odd = values.size() % 2 == 1;
    if (values.size() < 3 || !is_odd) return wrong_count(name);
    std::string sql = "(CASE";
    bool aggregates = false;
    for (std::size_t i = 0; i + 1 < values.size(); i += 2) {
        if (values[i].type != bool_)
            return semantic_failure(name + "(): a condition is not a bool");
        sql += " WHEN " + values[i].sql + " THEN " + values[i + 1].sql;
    }
    for (auto& one : values) aggregates = aggregates || one.aggregates;
    sql += " ELSE " + values.back().sql + " END)";
    return sql_expression{sql, values[1].type, "", aggregates};
}

static call_result binned(const std::string& name, const call_values& values) {
    if (values.size() != 2) return wrong_count(name);
    auto &of = values[0], &step = values[1];
    if (is_of_time(of.type) != (step.type == timespan)) {
        return semantic_failure(
            name + "(): " + std::string(to_string(of.type)) + " does not go with " +
            std::string(to_string(step.type))
        );
    }
    if (is_of_time(of.type)) {
        auto out = from_ticks("kusto_bin(" + ticks_sql(of) + ", " + ticks_sql(step) + ")", of.type);
        out.name = of.name;
        return out;
    }
    return sql_expression{"kusto_bin(" + of.sql + ", " + step.sql + ")", of.type, of.name, false};
}

// make_list(x, 5): at most so many.
static call_result listed(const std::string& name, const call_values& values) {
    auto& most = values[1].sql;
    bool is_number = values[1].type == long_ && !most.empty() &&
                     most.find_first_not_of("0123456789") == std::string::npos;
    if (!is_number) return semantic_failure(name + "(): the second argument is not a whole number");
    std::string what = name == "make_set" ? "DISTINCT " : "";
    auto all = "json_group_array(" + what + values[0].sql + ")";
    auto sql = "kusto_first(" + all + ", " + most + ")";
    return sql_expression{sql, dynamic, name + "_" + values[0].name, true};
}

// Of times and spans, which are texts, by their ticks.
static std::optional<sql_expression> over_ticks(
    const std::string& name, const call_values& values, const function_form& form
) {
    static constexpr std::string_view known[]{"min", "max", "avg", "sum", "sumif"};
    bool is_known = std::ranges::count(known, name) > 0 && values.size() == form.arguments;
    if (!is_known || !is_of_time(values[0].type)) return std::nullopt;
    auto in_ticks = values;
    in_ticks[0].sql = ticks_sql(values[0]);
    auto sql = filled(form.sql, in_ticks);
    auto out = from_ticks("CAST(" + sql + " AS INTEGER)", values[0].type);
    out.aggregates = true;
    out.name = name + "_" + values[0].name;
    return out;
}

static call_result plain_call(const std::string& name, const call_values& values) {
    auto* form = find_function(name);
    if (!form) return semantic_failure("Unknown function: '" + name + "'");
    if (form->arguments != values.size()) return wrong_count(name);
    if (auto timed = over_ticks(name, values, *form)) return std::move(*timed);
    sql_expression out;
    out.sql = filled(form->sql, values);
    out.type = form->type.value_or(values.empty() ? long_ : values.front().type);
    out.aggregates = form->aggregates;
    auto subject = values.empty() ? "" : values.front().name;
    if (form->aggregates) out.name = name + "_" + subject;
    return out;
}

call_result call(const std::string& name, const call_values& values, wall_time now) {
    auto count = values.size();
    if (name == "now" && count == 0) return time_literal(now);
    if (name == "now" && count == 1) return time_arithmetic("+", time_literal(now), values[0]);
    if (name == "ago") {
        if (count != 1) return wrong_count(name);
        return time_arithmetic("-", time_literal(now), values[0]);
    }
    if (name == "startofday") {
        if (count != 1 || values[0].type != datetime)
            return semantic_failure("startofday(): not a time");
        return binned(name, {values[0], {"'1.00:00:00'", timespan, "", false}});
    }
    if (name == "bin" || name == "floor") return binned(name, values);
    if (name == "strcat") return concatenation(values);
    if (name == "case") return choice(name, values);
    if (name == "iff" || name == "iif")
        return count == 3 ? choice(name, values) : wrong_count(name);
    bool is_limited_list = (name == "make_list" || name == "make_set") && count == 2;
    return is_limited_list ? listed(name, values) : plain_call(name, values);
}

}  // namespace kustodrop::emulator
