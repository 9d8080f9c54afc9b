#include "kusto/rest/operation_pauses.hpp"

#include <algorithm>

namespace kustodrop::kusto {

static constexpr duration longest_pause = 1min;
static constexpr duration longest_wish = 1h;

duration operation_pause(unsigned asked, std::optional<duration> retry_after, duration first) {
    auto pause = first;
    for (unsigned i = 0; i < asked && pause < longest_pause; ++i) pause += pause / 2;
    pause = std::min(pause, longest_pause);
    auto wish = std::min(retry_after.value_or(duration::zero()), longest_wish);
    return std::max(pause, wish);
}

}  // namespace kustodrop::kusto
