#pragma once

#include "base/result.hpp"
#include "daemon/commands/recorded/byte_ranges.hpp"
#include "daemon/program.hpp"
#include "spool/journal/journal.hpp"

#include <boost/json/fwd.hpp>

#include <string>
#include <vector>

namespace kustodrop::daemon {

/// Whether standard error says that there is no journal yet. Not where other answers follow.
enum class missing_journal { is_said, is_normal };

/// Rows of the record (docs/json.md, journal), newest first: of the daemon, or where none runs of
/// the journal itself. A journal that is not there yet has none.
result<boost::json::array> rows_of(
    const question_settings& asking,
    const spool::journal_query& query,
    missing_journal how = missing_journal::is_said
);

/// What is recorded of the bytes of the followed log at `path`, by its inode whatever its names
/// were; of a deleted one by its name, as where `path` is empty. `query` has the name in its watch
/// as `file_glob`.
result<std::vector<recorded_log>> recorded_logs(
    const question_settings& asking,
    spool::journal_query query,
    const std::string& path,
    missing_journal how = missing_journal::is_said
);

}  // namespace kustodrop::daemon
