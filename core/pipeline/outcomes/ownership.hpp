#pragma once

#include "async/awaitable.hpp"
#include "pipeline/roster.hpp"
#include "spool/journal/journal.hpp"

#include <string>
#include <unordered_set>

namespace kustodrop::pipeline {

/// Knows which sources are ours: those in the roster, and those that the journal has, for a source
/// that is long retired may be reported twice. Ids of others are remembered for a while.
class ownership {
public:
    ownership(roster& sources, spool::journal& journal) : sources_(sources), journal_(journal) {}

    asio::awaitable<bool> is_ours(std::string source_id);

private:
    roster& sources_;
    spool::journal& journal_;
    std::unordered_set<std::string> foreign_;
};

}  // namespace kustodrop::pipeline
