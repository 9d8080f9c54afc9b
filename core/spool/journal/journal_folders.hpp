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

/// Whether the watch had other names.
bool has_former_names(const sqlite::database& db, const std::string& watch);

std::vector<folder_record> read_folders(const sqlite::database& db);

}  // namespace kustodrop::spool
