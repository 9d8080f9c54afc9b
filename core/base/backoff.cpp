#include "base/backoff.hpp"

#include <algorithm>

namespace kustodrop {

duration next_wait(
    unsigned attempts,
    const backoff_options& options,
    std::optional<duration> retry_after,
    random_generator& random
) {
    auto ceiling = options.base;
    for (unsigned i = 1; i < attempts && ceiling < options.cap; ++i) ceiling *= 2;
    ceiling = std::max(std::min(ceiling, options.cap), duration::zero());
    std::uniform_int_distribution<duration::rep> draw(0, ceiling.count());
    auto wait = duration(draw(random));
    if (retry_after) wait = std::max(wait, std::min<duration>(*retry_after, 1h));
    return wait;
}

}  // namespace kustodrop
