#pragma once

#include "spool/following/log_state.hpp"
#include "spool/journal/journal_records.hpp"

#include <optional>
#include <string>

namespace kustodrop::spool {

/// A log as the journal keeps it.
log_record record_of(const std::string& watch, const log_state& log);

/// The log of a record; nothing if the record has an unknown phase or evidence.
std::optional<log_state> state_of(const log_record& record);

}  // namespace kustodrop::spool
