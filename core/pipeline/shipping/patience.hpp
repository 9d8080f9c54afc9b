#pragma once

#include "base/random.hpp"
#include "base/time.hpp"

#include <optional>

namespace kustodrop::pipeline {

struct patience_options {
    duration poll_interval = 10s;
    duration outcome_timeout = 2h;
    duration dig_time = 20s;  // The longest that messages of others may be held in one pass.
};

/// When to look behind what others left in front of our words, and when to give up waiting. Many
/// daemons share the queues, and what one holds the others do not see: the times are drawn, and one
/// look that found nothing proves nothing. The longer nothing came and nothing was posted, the
/// rarer the looks. Pure.
class patience {
public:
    patience(patience_options options, random_generator& random);

    void set_options(patience_options options) { options_ = options; }

    /// How long to wait before the next poll, when the youngest post is that old.
    duration before_polling(duration youngest) const;

    /// How long a word may be awaited before it is dug for.
    duration before_digging() const;

    /// How far apart looks are that say different things.
    duration breath() const;

    /// How long what is dug up stays hidden: while a pass lasts at the pace of late.
    duration lease() const;

    /// How long to wait when a dig was due and others held the queue: about as long as they do.
    duration before_trying_again();

    /// One part of a dig, with all that was found in it, took so long.
    void dug_for(duration one);

    /// How long after its deadline a source is still looked for, if the looks are clear ones.
    duration grace() const;

    bool may_dig(time_point oldest_post, time_point youngest_post, time_point now) const;

    /// A pass has dug. One that was hindered, by what others hold, is soon tried again.
    void dug(time_point now, bool hindered = false);

    /// A pass that began then has seen all that could be seen in every queue.
    void looked(time_point begun);

    /// Whether nobody need look any more for what was due by `deadline`: two looks apart have seen
    /// nothing since, or the grace is over. While the queues cannot be read (`blind`) the wait may
    /// last for twice the timeout.
    bool is_over(time_point deadline, time_point now, bool blind) const;

private:
    duration drawn(duration about);

    patience_options options_;
    random_generator& random_;
    std::optional<time_point> last_dig_;
    duration between_digs_{};
    bool hindered_ = false;
    duration pace_{};  // Of one part of a dig.
    std::optional<time_point> last_look_;
    std::optional<time_point> look_before_;
    duration apart_{};
};

}  // namespace kustodrop::pipeline
