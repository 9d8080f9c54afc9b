#pragma once

#include "base/result.hpp"
#include "emulator/engine/stored_tables.hpp"
#include "emulator/schema/cells.hpp"
#include "emulator/schema/schema.hpp"
#include "http/message.hpp"

#include <string>
#include <vector>

namespace kustodrop::emulator {

/// A table as an answer.
struct dataset {
    std::vector<column> columns;
    std::vector<std::vector<cell>> rows;
};

/// What commands answer about tables, mappings and functions, in the service's columns.
dataset about_table(const table_schema& table, std::string schema);
dataset about_mappings(const std::vector<const mapping*>& mappings);
dataset about_functions(const std::vector<stored_function>& functions);
dataset table_names(const std::vector<const table_schema*>& tables);

/// The schema of a table as `.show table T schema as json` has it.
std::string json_schema(const table_schema& table);

/// 200 with a v1 dataset of one table (docs/protocol.md §3.2).
http::response v1_answer(const dataset& table);

/// 200 with the frames of v2.
http::response v2_answer(const dataset& table);

/// 400 with the service's error document (docs/protocol.md §3.3). The failure's code is "Syntax",
/// "Semantic", "EntityNotFound" or anything else for a bad request.
http::response error_answer(const failure& why, wall_time now);

}  // namespace kustodrop::emulator
