#include "pipeline/watch/priority_turns.hpp"

#include <algorithm>

namespace kustodrop::pipeline {

// The turn after so many is its own. Where two have waited for so long, low is served first, and
// normal asks one turn earlier, so that it is the eighth at the latest.
static constexpr std::array<unsigned, priorities> patience{8, 6, 7};

priority_turns::order priority_turns::next() const {
    order out{watch_priority::high, watch_priority::normal, watch_priority::low};
    for (auto one : {watch_priority::normal, watch_priority::low}) {
        auto at = static_cast<std::size_t>(one);
        if (passed_over_[at] < patience[at]) continue;
        auto* found = std::find(out.begin(), out.end(), one);
        std::rotate(out.begin(), found, found + 1);
    }
    return out;
}

void priority_turns::served(watch_priority one, const flags& had_some) {
    for (std::size_t i = 0; i < priorities; ++i) {
        bool waits = had_some[i] && i != static_cast<std::size_t>(one);
        passed_over_[i] = waits ? passed_over_[i] + 1 : 0;
    }
}

}  // namespace kustodrop::pipeline
