#pragma once

#include "async/awaitable.hpp"
#include "pipeline/roster.hpp"
#include "spool/journal/journal.hpp"

#include <string>
#include <unordered_set>

namespace kustodrop::pipeline {

/// Whose source a notification reports.
enum class owner {
    us,        // In the roster, or its outcome is journaled: a source may be reported twice.
    us_later,  // Journaled without an outcome, but its watch is not open: its folder is absent, or
               // the watch is not configured. The notification has to stay where it is until then.
    foreign,
};

/// Knows which sources are ours, from the roster and the journal. Ids of others are remembered for
/// a while.
class ownership {
public:
    ownership(roster& sources, spool::journal& journal) : sources_(sources), journal_(journal) {}

    asio::awaitable<owner> owner_of(std::string source_id);

private:
    roster& sources_;
    spool::journal& journal_;
    std::unordered_set<std::string> foreign_;
};

}  // namespace kustodrop::pipeline
