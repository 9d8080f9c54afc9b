#pragma once

#include "spool/journal/journal.hpp"

#include <functional>
#include <string>
#include <vector>

namespace kustodrop::daemon {

/// The record as an array of objects, one a file; the members are in docs/json.md.
std::string journal_json(const std::vector<spool::journal_row>& rows);

/// The table of `kustodrop journal` from that JSON.
std::string journal_text(const std::string& json);

/// A name as a pattern that matches only itself.
std::string as_pattern(const std::string& name);

/// The record of one name of a watch, newest first, as that JSON.
using find_by_name = std::function<std::string(std::string watch, std::string name)>;

/// The same JSON, in which each row that failed, was rejected or is unconfirmed has the members
/// "successor" and "successor_outcome": the next source of that name, as after `kustodrop retry`.
/// No more than 100 are looked up.
std::string with_successors(const std::string& json, const find_by_name& find);

}  // namespace kustodrop::daemon
