#pragma once

#include "line/forwarder.hpp"
#include "line/line_shape.hpp"

#include <optional>
#include <string>
#include <vector>

namespace kustodrop::bench {

struct line_options {
    line_shape shape;
    line_ends ends;
};

inline constexpr auto line_usage =
    "usage: bench_line port=PORT… [listen=ADDRESS] [to=ADDRESS] [round_trip_ms=N] [jitter_ms=N]\n"
    "       [bytes_per_second=N] [stall_ms=N] [stall_every_ms=N] [seed=N]\n";

/// Nothing where an argument is not one of these, no port is named, or the line could not exist.
std::optional<line_options> read_line_options(const std::vector<std::string>& arguments);

}  // namespace kustodrop::bench
