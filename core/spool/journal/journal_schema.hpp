#pragma once

#include "sqlite/sqlite.hpp"

namespace kustodrop::spool {

/// The user_version of the present schema.
inline constexpr auto schema_version = "3";

/// Creates the schema, or brings it up from whatever an older release wrote; says whether it was
/// created. Throws sqlite_error; SQLITE_SCHEMA for a version of the future.
bool prepare_schema(database& db);

}  // namespace kustodrop::spool
