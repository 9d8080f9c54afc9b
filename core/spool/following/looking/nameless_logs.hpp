#pragma once

#include "spool/folder/writers.hpp"
#include "spool/following/log_book.hpp"
#include "spool/following/looking/look_content.hpp"
#include "spool/following/looking/open_logs.hpp"

#include <cstdint>
#include <map>
#include <vector>

namespace kustodrop::spool {

/// Files of the book's logs that are open and were not met in the folder: deleted, moved out of it,
/// or in a subfolder that could not be looked into.
std::vector<seen_file> nameless_files(
    const std::map<std::uint64_t, open_log>& open,
    const log_book& book,
    const std::vector<seen_file>& met,
    const hidden_folders& hidden
);

/// Whether a program has the file of a log open for writing. Blocking.
writer_state writers_of(const open_log& log);

}  // namespace kustodrop::spool
