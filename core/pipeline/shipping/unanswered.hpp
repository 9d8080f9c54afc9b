#pragma once

#include "base/time.hpp"

#include <algorithm>
#include <string>
#include <unordered_map>

namespace kustodrop::pipeline {

/// How long ago posts were sent whose answer was lost. Within one run it is measured with the
/// steady clock: a calendar that is set makes no wait shorter. Pure.
class unanswered_posts {
public:
    struct moment {
        time_point now;
        wall_time wall_now;
    };

    /// Since the last post of a source, of which this is the number. `posted_at` is what the
    /// journal has; it counts where the post is met for the first time.
    duration waited(
        const std::string& source_id, unsigned post, wall_time posted_at, const moment& at
    ) {
        auto& known = posts_[source_id];
        if (known.number != post) {
            duration before = at.wall_now - posted_at;
            known = {post, at.now - std::max(before, duration::zero())};
        }
        return at.now - known.since;
    }

    void forget(const std::string& source_id) { posts_.erase(source_id); }

private:
    struct post {
        unsigned number = 0;
        time_point since{};
    };
    std::unordered_map<std::string, post> posts_;  // By source id.
};

}  // namespace kustodrop::pipeline
