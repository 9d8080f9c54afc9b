#include "emulator/engine/kql_functions.hpp"

#include <utility>

namespace kustodrop::emulator {

using enum column_type;

static constexpr function_form functions[]{
    {"not", "(NOT $1)", bool_, 1},
    {"isempty", "(coalesce($1, '') = '')", bool_, 1},
    {"isnotempty", "(coalesce($1, '') <> '')", bool_, 1},
    {"isnull", "($1 IS NULL)", bool_, 1},
    {"isnotnull", "($1 IS NOT NULL)", bool_, 1},
    {"tostring", "coalesce(CAST($1 AS TEXT), '')", column_type::string, 1},
    {"tolong", "kusto_long($1)", long_, 1},
    {"toint", "kusto_long($1)", int_, 1},
    {"toreal", "CAST($1 AS REAL)", real, 1},
    {"todouble", "CAST($1 AS REAL)", real, 1},
    {"todatetime", "kusto_todatetime($1)", datetime, 1},
    {"totimespan", "kusto_totimespan($1)", timespan, 1},
    {"tolower", "lower($1)", column_type::string, 1},
    {"toupper", "upper($1)", column_type::string, 1},
    {"strlen", "length($1)", long_, 1},
    {"ingestion_time", "ingested_at", datetime, 0},
    {"extent_tags", "extent_tags", dynamic, 0},
    {"count", "count(*)", long_, 0, true},
    {"countif", "coalesce(sum(CASE WHEN $1 THEN 1 ELSE 0 END), 0)", long_, 1, true},
    {"sum", "coalesce(sum($1), 0)", {}, 1, true},
    {"sumif", "coalesce(sum(CASE WHEN $2 THEN $1 ELSE 0 END), 0)", {}, 2, true},
    {"min", "min($1)", {}, 1, true},
    {"max", "max($1)", {}, 1, true},
    {"avg", "avg($1)", real, 1, true},
    {"dcount", "count(DISTINCT $1)", long_, 1, true},
    {"take_any", "max($1)", {}, 1, true},
    {"make_list", "json_group_array($1)", dynamic, 1, true},
    {"make_set", "json_group_array(DISTINCT $1)", dynamic, 1, true},
};

static constexpr std::pair<std::string_view, std::string_view> operators[]{
    {"contains", "(instr(lower($1), lower($2)) > 0)"},
    {"contains_cs", "(instr($1, $2) > 0)"},
    {"has", "kusto_has(lower($1), lower($2))"},
    {"has_cs", "kusto_has($1, $2)"},
    {"startswith", "(substr(lower($1), 1, length($2)) = lower($2))"},
    {"startswith_cs", "(substr($1, 1, length($2)) = $2)"},
    {"endswith", "(substr(lower($1), -length($2)) = lower($2))"},
    {"endswith_cs", "(substr($1, -length($2)) = $2)"},
};

const function_form* find_function(std::string_view name) {
    for (auto& form : functions) {
        if (form.name == name) return &form;
    }
    return nullptr;
}

std::string_view named_operator_sql(std::string_view wanted) {
    for (auto& [name, sql] : operators) {
        if (name == wanted) return sql;
    }
    return {};
}

}  // namespace kustodrop::emulator
