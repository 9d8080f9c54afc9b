#pragma once

#include "spool/journal/journal_records.hpp"

#include <string>

namespace kustodrop::spool {

/// The questions whose answers must not take longer in a journal of a million rows. A page: ?1 and
/// ?2 where it continues, ?3 since, ?4 outcome, ?5 id, ?6 limit, ?7 watch, ?8 to ?10 place, name
/// and inode of a file. Old ones: ?1 before, ?2 limit.
std::string page_sql(const journal_query& query, bool has_former_names = false);
std::string unretired_sql();
std::string old_ones_sql();

}  // namespace kustodrop::spool
