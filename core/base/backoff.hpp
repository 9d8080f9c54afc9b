#pragma once

#include "base/random.hpp"
#include "base/time.hpp"

#include <optional>

namespace kustodrop {

/// How waits grow between attempts.
struct backoff_options {
    duration base = 1s;   // The ceiling of the first wait; each further one doubles it.
    duration cap = 5min;  // No ceiling is above this.
    friend bool operator==(const backoff_options&, const backoff_options&) = default;
};

/// How long to wait before the attempt after `attempts` failed ones: full jitter, a uniform draw
/// from [0, min(cap, base * 2^(attempts - 1))], but never less than the server's wish, which
/// counts for at most an hour.
duration next_wait(
    unsigned attempts,
    const backoff_options& options,
    std::optional<duration> retry_after,
    random_generator& random
);

}  // namespace kustodrop
