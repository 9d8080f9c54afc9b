#pragma once

#include "spool/journal/journal.hpp"

#include <string>
#include <vector>

namespace kustodrop::daemon {

/// The record as an array of objects, one a file; the members are in docs/json.md.
std::string journal_json(const std::vector<spool::journal_row>& rows);

/// The table of `kustodrop journal` from that JSON.
std::string journal_text(const std::string& json);

}  // namespace kustodrop::daemon
