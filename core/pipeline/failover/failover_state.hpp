#pragma once

#include "base/result.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace kustodrop::pipeline {

/// What a watch with `failover` does now.
struct failover_state {
    std::string to;                  // A cluster's name in the configuration.
    std::optional<wall_time> since;  // It ships there since then; nothing: it ships to its own.
    std::optional<failure> why;      // Why its own does not work.
    std::optional<wall_time> tried;  // When its own was last tried again; nothing: not yet.
    std::uint64_t posted = 0;        // Sources that it posted there since the start.
};

}  // namespace kustodrop::pipeline
