#pragma once

#include "base/random.hpp"
#include "base/time.hpp"
#include "pipeline/outcomes/outcomes_options.hpp"

#include <optional>

namespace kustodrop::pipeline {

struct polling_options {
    duration poll_interval = 10s;
    duration outcome_timeout = 2h;
    duration search_time = 20s;  // The longest that messages of others may be held in one pass.
};

polling_options polling_options_of(const outcomes_options& options);

/// How long to wait before the next poll, when the youngest post is that old. Without any, a late
/// notification of what is unconfirmed is in no hurry.
duration wait_before_poll(const polling_options& options, std::optional<duration> youngest);

/// When to search the queues behind the notifications that others left in front of ours, and when
/// to stop waiting. Many daemons share the queues, and what one holds the others do not see: the
/// times are drawn at random, and one look that found nothing proves nothing. The longer nothing
/// came and nothing was posted, the rarer the looks. Pure.
class polling_schedule {
public:
    polling_schedule(polling_options options, random_generator& random);

    void set_options(polling_options options) { options_ = options; }

    /// How long a notification may be awaited before it is searched for.
    duration wait_before_search() const;

    /// How far apart two looks must be to count as two.
    duration look_distance() const;

    /// How long messages that a search takes stay hidden: as long as it lasts at its present pace.
    duration lease() const;

    /// How long to wait when a search was due and others held the queue: about as long as they do.
    duration wait_when_hidden();

    /// One part of a search, with all that was found in it, took so long.
    void searched_part(duration one);

    /// How long after its deadline a source is still looked for, if the looks are clear ones.
    duration grace() const;

    bool may_search(time_point oldest_post, time_point youngest_post, time_point now) const;

    /// A pass has searched. One that was hindered, by what others hold, is soon tried again.
    void searched(time_point now, bool hindered = false);

    /// A pass that began then has seen all that could be seen in every queue.
    void looked(time_point begun);

    /// Whether the wait for what was due by `deadline` is over: two looks apart have seen nothing
    /// since, or the grace has ended. While the queues cannot be read (`blind`) the wait may last
    /// for twice the timeout.
    bool is_over(time_point deadline, time_point now, bool blind) const;

private:
    duration drawn(duration about);

    polling_options options_;
    random_generator& random_;
    std::optional<time_point> last_search_;
    duration between_searches_{};
    bool hindered_ = false;
    duration pace_{};  // Of one part of a search.
    std::optional<time_point> last_look_;
    std::optional<time_point> look_before_;
    duration apart_{};
};

}  // namespace kustodrop::pipeline
