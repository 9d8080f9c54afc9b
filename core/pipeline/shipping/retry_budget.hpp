#pragma once

#include "base/time.hpp"

#include <algorithm>

namespace kustodrop::pipeline {

/// One budget for all retries of the process: a tenth of what succeeds and ten a second, with a
/// hundred in reserve. An outage with a long backlog does not become a storm when every source's
/// own wait ends; what is beyond the budget waits longer, a minute at most. Pure.
class retry_budget {
public:
    void succeeded() { left_ = std::min(left_ + share_of_success, reserve); }

    /// Spends one retry; how much longer than its own wait it has to wait.
    duration spend(time_point now) {
        std::chrono::duration<double> passed = now - (last_ == time_point{} ? now : last_);
        last_ = now;
        left_ = std::min(left_ + passed.count() * each_second, reserve) - 1;
        left_ = std::max(left_, -each_second * 60);
        if (left_ >= 0) return {};
        std::chrono::duration<double> until(-left_ / each_second);
        return std::chrono::duration_cast<duration>(until);
    }

private:
    static constexpr double each_second = 10;
    static constexpr double share_of_success = 0.1;
    static constexpr double reserve = 100;

    double left_ = reserve;
    time_point last_{};
};

}  // namespace kustodrop::pipeline
