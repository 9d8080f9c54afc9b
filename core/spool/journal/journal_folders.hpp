#pragma once

#include "spool/journal/journal_records.hpp"
#include "sqlite/database.hpp"

#include <string>
#include <vector>

/// Which folder the files of each watch lie in. Everything throws `sqlite::error`.
namespace kustodrop::spool {

/// Replaces what was known of the watch's folder.
void write_folder(const sqlite::database& db, const folder_record& where);

/// The folder is that of another name from now on, and what succeeded under the former one is found
/// under the new one too, until a watch has the former one again.
void rename_folder(const sqlite::database& db, const std::string& from, const std::string& to);

/// Whether a source's watch is the one that is bound to ?7, or had that name before.
inline constexpr auto any_name_sql =
    " AND +watch IN (WITH RECURSIVE names(name) AS (VALUES(?7) UNION SELECT substr(key, 8) FROM"
    " meta JOIN names ON value = CAST(name AS BLOB) WHERE key >= 'former:' AND key < 'former;')"
    " SELECT name FROM names)";

/// Whether the watch had other names.
bool has_former_names(const sqlite::database& db, const std::string& watch);

std::vector<folder_record> read_folders(const sqlite::database& db);

}  // namespace kustodrop::spool
