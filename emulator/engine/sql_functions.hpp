#pragma once

#include "sqlite/database.hpp"

namespace kustodrop::emulator {

/// The functions that translated queries call: kusto_has(text, term) and kusto_long(value).
void define_sql_functions(sqlite::database& db);

}  // namespace kustodrop::emulator
