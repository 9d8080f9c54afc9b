#pragma once

#include "base/result.hpp"
#include "daemon/terminal/terminal.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

namespace kustodrop::daemon {

/// What `status --watch` shows: the status, as JSON, laid out for a terminal of any size, with
/// rates from what was shown before. What does not fit is left out, the least wanted first. Pure.
class status_screen {
public:
    std::vector<screen_line> show(const std::string& status, time_point now, terminal_size size);

    /// While no daemon answers: why, and for how long.
    std::vector<screen_line> absent(const failure& why, time_point now, terminal_size size);

private:
    struct totals {
        std::uint64_t files = 0;  // With an outcome.
        std::uint64_t uploaded_bytes = 0;
    };
    struct sample {
        time_point at;
        std::map<std::string, totals> watches;
    };

    std::string rate(const std::string& watch, std::uint64_t totals::*what) const;

    std::deque<sample> samples_;  // Of the last seconds, oldest first.
    std::string started_at_;      // Of the daemon that they are of.
    std::optional<time_point> answered_at_;
};

}  // namespace kustodrop::daemon
