#include "async/offload.hpp"

#include <system_error>

namespace kustodrop {

unsigned worker_pool::lost() {
    std::lock_guard lock(mutex_);
    auto hangs =
        std::ranges::count_if(running_, [](unsigned calls) { return calls >= calls_of_a_hang; });
    return std::min(static_cast<unsigned>(hangs), most_lost);
}

void worker_pool::relieve() {
    if (!threads_) return;
    {
        std::lock_guard lock(mutex_);
        for (auto& calls : running_) ++calls;
    }
    try {
        grow_to(wanted_);
    } catch (const std::system_error&) {
        // The system refuses another thread: the next call tries again.
    }
}

}  // namespace kustodrop
