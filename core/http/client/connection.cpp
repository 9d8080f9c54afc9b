#include "http/client/connection.hpp"

namespace kustodrop::http {

static constexpr duration sweep_interval = 10s;

std::unique_ptr<connection> connection_pool::take(origin& from, duration longest_rest) {
    while (!from.idle.empty()) {
        // The last one in: the one least likely to have been closed.
        auto rested = clock_.now() - from.idle.back().since;
        bool young = rested < idle_timeout_;
        // The others have rested for longer; they are of use to who can ask again.
        if (young && rested >= longest_rest) return nullptr;
        auto last = std::move(from.idle.back());
        from.idle.pop_back();
        if (young && last.line->is_quiet()) return std::move(last.line);
    }
    return nullptr;
}

// Storage accounts come and go: what is not in use is closed even if its host is never met again.
void connection_pool::sweep() {
    auto now = clock_.now();
    if (now - swept_at_ < sweep_interval) return;
    swept_at_ = now;
    for (auto at = origins_.begin(); at != origins_.end();) {
        auto& [idle, leased, freed] = *at->second;
        std::erase_if(idle, [&](auto& one) { return now - one.since >= idle_timeout_; });
        bool unused = idle.empty() && at->second.use_count() == 1;
        at = unused ? origins_.erase(at) : std::next(at);
    }
}

asio::awaitable<std::unique_ptr<connection_pool::lease>> connection_pool::acquire(
    std::string name, duration longest_rest, time_point deadline
) {
    sweep();
    auto& slot = origins_[name];
    if (!slot) slot = std::make_shared<origin>(executor_);
    auto from = slot;
    while (from->leased >= per_origin_) {
        if (clock_.now() >= deadline) co_return nullptr;
        co_await wait_until(from->freed, clock_, deadline);
    }
    auto out = std::make_unique<lease>(clock_, from);
    if (longest_rest > duration::zero()) out->line = take(*from, longest_rest);
    co_return out;
}

}  // namespace kustodrop::http
