#pragma once

#include "async/awaitable.hpp"
#include "pipeline/absent_sources.hpp"
#include "pipeline/roster.hpp"
#include "spool/journal/journal.hpp"

#include <string>
#include <unordered_set>

namespace kustodrop::pipeline {

/// Whose source a notification reports.
enum class owner {
    us,        // Not retired, or its outcome is journaled: a source may be reported twice.
    us_later,  // The journal cannot be asked now, or has it without an outcome: the notification
               // has to stay where it is.
    foreign,
};

/// Knows which sources are ours, from the roster and the journal. Ids of others are remembered for
/// a while.
class ownership {
public:
    ownership(roster& sources, absent_sources& absent, spool::journal& journal)
        : sources_(sources), absent_(absent), journal_(journal) {}

    asio::awaitable<owner> owner_of(std::string source_id);

private:
    bool is_known(const std::string& source_id) const;

    roster& sources_;
    absent_sources& absent_;
    spool::journal& journal_;
    std::unordered_set<std::string> foreign_;
};

}  // namespace kustodrop::pipeline
