#pragma once

#include "base/time.hpp"
#include "pipeline/shipping/shipment.hpp"

#include <algorithm>
#include <optional>
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

    /// How long a source must still wait before it is posted again; nothing if it may go.
    /// `is_unproven`: it is of an earlier run and has not moved on in this one.
    std::optional<duration> hold(
        const spool::source& what,
        const target& where,
        duration repost_after,
        bool is_unproven,
        const moment& at
    ) {
        // What the clock was in an earlier run is not known: the service's own check must not be
        // overtaken, so the wait begins again.
        bool begins = where.deduplicate && is_unproven;
        auto posted_at = begins ? at.wall_now : what.last_post_at;
        auto so_far = waited(what.id, what.posts, posted_at, at);
        auto held = hold_for(what, where, repost_after, so_far);
        if (!held) forget(what.id);
        return held;
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
