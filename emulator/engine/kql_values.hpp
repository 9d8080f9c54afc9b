#pragma once

#include "base/result.hpp"
#include "emulator/schema/schema.hpp"

#include <string>
#include <utility>
#include <vector>

namespace kustodrop::emulator {

/// An expression of a query, as SQL.
struct sql_expression {
    std::string sql;
    column_type type = column_type::string;
    std::string name;         // What a column made of it is called; "" where it has no own name.
    bool aggregates = false;  // count(), sum(…), …
};

/// Values that have names of their own.
using named_values = std::vector<std::pair<std::string, sql_expression>>;

/// What is wrong with the meaning of a query.
inline failure semantic_failure(std::string detail) {
    return {.code = service_code("Semantic"), .next = remedy::give_up, .detail = std::move(detail)};
}

}  // namespace kustodrop::emulator
