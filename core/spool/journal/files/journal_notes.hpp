#pragma once

#include "base/log.hpp"
#include "base/metrics.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace kustodrop::spool {

/// What happened to the journal on a thread that may not log.
struct journal_notes {
    std::vector<std::string> set_aside;
    std::vector<std::string> refused;
    std::size_t reserves_used = 0;
    std::size_t put_back = 0;  // It was removed while it was open.
};

void report(const journal_notes& news, logger& log, metrics& measured);

}  // namespace kustodrop::spool
