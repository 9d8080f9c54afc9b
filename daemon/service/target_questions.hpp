#pragma once

#include "base/result.hpp"
#include "kusto/dataset.hpp"
#include "kusto/target.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What a query endpoint is asked about a target before anything is shipped there, and what its
/// answers mean. Pure.
namespace kustodrop::daemon {

/// The command that lists the mappings of a table.
std::string mappings_command(std::string_view table);

/// The command that says a table's columns, as JSON.
std::string schema_command(std::string_view table);

/// The values of a column of the first table.
std::vector<std::string> names_in(const kusto::dataset& answer, std::string_view column);

/// The names of the mappings that fit the target's format.
std::vector<std::string> fitting_mappings(const kusto::dataset& answer, const kusto::target& where);

/// The mapping that the target names, as JSON; nothing if there is none that fits its format.
std::optional<std::string> mapping_in(const kusto::dataset& answer, const kusto::target& where);

/// Whether the service knows no such database or table.
bool is_absent(const failure& refused);

/// The same of a query, where a name that does not exist is a semantic error.
bool is_unresolved(const failure& refused);

/// Whether the principal may not ask, which says nothing about its right to ingest.
bool is_denied(const failure& refused);

}  // namespace kustodrop::daemon
