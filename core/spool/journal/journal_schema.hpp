#pragma once

#include "sqlite/database.hpp"

namespace kustodrop::spool {

/// The user_version of the present schema.
inline constexpr auto schema_version = "12";

/// Creates the schema, or brings it up from whatever an older release wrote; says whether it was
/// created. Throws sqlite::error; problem::newer_schema for a newer version.
bool prepare_schema(sqlite::database& db);

}  // namespace kustodrop::spool
