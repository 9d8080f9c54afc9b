#pragma once

#include "base/time.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace kustodrop::pipeline {

/// The logs of a watch that follows them.
struct log_figures {
    // live: followed under the name that is written to. rotated: followed, renamed. deleted:
    // followed, and open without a name. undecided: nothing can be said of them now. unreadable.
    // left_out: beyond max_logs.
    std::map<std::string, std::size_t> by_state = {};
    std::size_t held_files = 0;       // Deleted ones that are open,
    std::uint64_t held_bytes = 0;     // and the room that they take on the disk.
    std::size_t spilled_files = 0;    // Ranges in the state directory,
    std::uint64_t spilled_bytes = 0;  // and the room that they take there.
    std::uint64_t waiting_bytes = 0;
    std::optional<duration> behind = {};  // Age of the oldest byte that could be cut and is not.

    std::size_t followed() const {
        std::size_t sum = 0;
        for (auto state : {"live", "rotated", "deleted"}) {
            auto found = by_state.find(state);
            if (found != by_state.end()) sum += found->second;
        }
        return sum;
    }
};

}  // namespace kustodrop::pipeline
