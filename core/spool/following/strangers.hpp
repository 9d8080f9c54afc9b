#pragma once

#include "spool/following/look_table.hpp"

#include <map>
#include <vector>

namespace kustodrop::spool {

/// Files of no known log that are not copies of one that stands: what they are depends on the logs
/// that have ended. Of those that were copies before, up to where their original was read.
struct unexplained_files {
    std::vector<std::size_t> files;
    std::map<std::size_t, std::uint64_t> read_before;
};

/// Begins a log in each stranger with a live name, and then judges the ones with rotated names.
/// `first`: nothing was known of this watch before.
unexplained_files judge_strangers(look_table& look, bool first);

/// Lets what ended continue in the files that hold its remains, and begins logs in the others.
void place_remains(look_table& look, const unexplained_files& unexplained);

}  // namespace kustodrop::spool
