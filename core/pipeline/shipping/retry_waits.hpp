#pragma once

#include "base/backoff.hpp"
#include "base/result.hpp"
#include "pipeline/shipping/retry_budget.hpp"

#include <string>
#include <unordered_map>

namespace kustodrop::pipeline {

/// How long each source waits after an attempt that failed, all within one budget. Pure.
class retry_waits {
public:
    duration after(
        const std::string& source_id,
        const failure& problem,
        const backoff_options& backoff,
        time_point now,
        random_generator& random
    ) {
        auto failures = ++failures_[source_id];
        auto wait = next_wait(failures, backoff, problem.retry_after, random);
        // Another account may be well: it is tried soon, whatever this one has asked for. But not
        // for ever: there may be no other, or none that is well.
        bool elsewhere =
            problem.next == remedy::reroute || problem.next == remedy::refresh_resources;
        if (elsewhere && failures <= quick_tries) {
            wait = next_wait(1, {500ms, 500ms}, std::nullopt, random);
        }
        return wait + budget_.spend(now);
    }

    /// A step of some source succeeded.
    void succeeded() { budget_.succeeded(); }

    /// The source is delivered, or settled.
    void forget(const std::string& source_id) { failures_.erase(source_id); }

private:
    // So many failures in a row are followed by another account at once.
    static constexpr unsigned quick_tries = 3;

    retry_budget budget_;
    std::unordered_map<std::string, unsigned> failures_;  // In a row, by source id.
};

}  // namespace kustodrop::pipeline
