#pragma once

#include "emulator/schema/catalog.hpp"
#include "sqlite/database.hpp"

#include <optional>
#include <string>
#include <vector>

namespace kustodrop::emulator {

/// A table as SQL sees it.
struct stored_table {
    table_schema schema;
    std::string physical;                       // "Logs.Web", quoted.
    std::vector<std::string> physical_columns;  // Quoted, in the order of the schema.
};

/// A function of a database.
struct stored_function {
    std::string database;
    std::string name;
    std::vector<column> parameters;
    std::string body;  // Between its braces.
};

/// "(age:timespan)", as a function declares its parameters.
std::string parameters_text(const stored_function& function);

// How the catalog and its tables stand in the database. None of these locks or commits.

void create_layout(sqlite::database& writer);
catalog load_catalog(sqlite::database& reader);
void insert_database(sqlite::database& writer, const std::string& database);
std::optional<stored_table> find_table(
    sqlite::database& connection, const std::string& database, const std::string& name
);
/// Creates the table, or adds the columns it lacks.
void create_or_merge_table(sqlite::database& writer, const table_schema& table);
void remove_table(sqlite::database& writer, const std::string& database, const std::string& table);
void remove_rows(sqlite::database& writer, const std::string& database, const std::string& table);
void insert_mapping(sqlite::database& writer, const mapping& mapping);
void remove_mapping(sqlite::database& writer, const mapping& mapping);
void insert_function(sqlite::database& writer, const stored_function& function);
/// False: there is none of that name.
bool remove_function(
    sqlite::database& writer, const std::string& database, const std::string& name
);
/// All of a database, or the one of that name.
std::vector<stored_function> find_functions(
    sqlite::database& reader, const std::string& database, const std::optional<std::string>& name
);

}  // namespace kustodrop::emulator
