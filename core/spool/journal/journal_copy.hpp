#pragma once

#include "spool/journal/journal.hpp"

#include <string>

namespace kustodrop::spool {

/// A part of a copy_journal(). False: all is copied.
asio::awaitable<result<bool>> copy_part(journal& from, std::string path, bool begins);

/// Copies the journal that is in use to the file `path`, which is replaced: what was recorded
/// before the call is in it. One SQLite database that only its owner may read, of the same
/// schema: it can be put in the journal's place. Commits continue meanwhile.
asio::awaitable<result<void>> copy_journal(journal& from, std::string path);

/// The same of a journal that no daemon holds open, which is not changed. Blocking.
result<void> copy_journal_at_rest(const std::string& from, const std::string& path);

}  // namespace kustodrop::spool
