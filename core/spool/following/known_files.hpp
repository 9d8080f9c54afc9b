#pragma once

#include "spool/following/look_table.hpp"

namespace kustodrop::spool {

/// Finds the files of the logs that are followed, and judges whether each is still the log that it
/// was. What is left in look.strangers is of none of them.
void judge_known_files(look_table& look);

/// Ends the logs whose files are no longer there. After the strangers were judged: a family that is
/// in doubt loses no one.
void end_vanished_logs(look_table& look);

/// Remembers the sizes of the followed logs and what lies before their ends.
void note_sizes(look_table& look);

}  // namespace kustodrop::spool
