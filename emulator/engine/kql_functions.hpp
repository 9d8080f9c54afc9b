#pragma once

#include "emulator/schema/schema.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace kustodrop::emulator {

/// A function of the query language, as SQL.
struct function_form {
    std::string_view name;
    std::string_view sql;             // $1 and $2 are the arguments.
    std::optional<column_type> type;  // Nothing: that of the first argument.
    std::size_t arguments;
    bool aggregates = false;
};

/// Null for a function that is not known here.
const function_form* find_function(std::string_view name);

/// The SQL of a binary operator that is a name ("has", "contains"), with $1 and $2; "" if unknown.
std::string_view named_operator_sql(std::string_view name);

}  // namespace kustodrop::emulator
