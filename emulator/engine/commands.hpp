#pragma once

#include "base/result.hpp"
#include "emulator/engine/query.hpp"
#include "emulator/engine/stored_tables.hpp"
#include "emulator/schema/schema.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace kustodrop::emulator {

namespace commands {

struct create_database {
    std::string name;
};
struct create_table {
    table_schema table;
    bool merge = false;  // Adds missing columns where the table exists.
};
struct drop_table {
    std::string table;
    bool if_exists = false;
};
struct clear_table {
    std::string table;
};
struct create_mapping {
    mapping what;
    bool may_exist = false;
};
struct drop_mapping {
    mapping what;
};
struct create_function {
    stored_function what;
    wall_time now;
    bool may_exist = false;
    bool if_not_exists = false;
};
struct drop_function {
    std::string name;
    bool if_exists = false;
};
struct show_functions {};
/// Policies say nothing here.
struct set_policy {
    std::string table;
    std::string kind;
};
struct show_databases {};
struct show_tables {};
struct show_table {
    std::string table;
    bool as_json = false;
};
struct show_mappings {
    std::string table;
};
/// What follows the command is a query on its answer.
struct show_ingestion_failures {
    sql_query query;
};

}  // namespace commands

using command = std::variant<
    commands::create_database,
    commands::create_table,
    commands::drop_table,
    commands::clear_table,
    commands::create_mapping,
    commands::drop_mapping,
    commands::create_function,
    commands::drop_function,
    commands::show_functions,
    commands::set_policy,
    commands::show_databases,
    commands::show_tables,
    commands::show_table,
    commands::show_mappings,
    commands::show_ingestion_failures>;

/// Reads a management command on `database`. Fails with code "Syntax", or with the code of a bad
/// mapping.
result<command> parse_command(const std::string& database, std::string_view text, wall_time now);

}  // namespace kustodrop::emulator
