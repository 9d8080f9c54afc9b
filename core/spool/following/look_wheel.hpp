#pragma once

#include "base/time.hpp"
#include "spool/following/log_state.hpp"

#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

namespace kustodrop::spool {

struct wheel_options {
    duration busy = 1s;    // After a look that found more, until the next one.
    duration quiet = 10s;  // At most, after looks that found nothing.
};

/// How often the logs of a watch are looked at that cuts at least every `max_age`.
wheel_options wheel_for(duration max_age);

/// Decides which log is looked at when. A log that moved is looked at again soon, a quiet one at
/// ever longer intervals. A log whose file wakes us when it is written to needs no look while it is
/// quiet. Pure.
class look_wheel {
public:
    explicit look_wheel(wheel_options options) : options_(options) {}

    /// A log that is due at once. Nothing happens if it is there already.
    void add(log_number log, time_point now);
    void remove(log_number log);

    /// What a look showed. `awaited`: an event will say when the file is written to, so that it is
    /// not due again before hurry() or the watch's next look at all files.
    void looked(log_number log, bool moved, bool awaited, time_point now);

    /// An event spoke of the log: it is due at once.
    void hurry(log_number log, time_point now);

    /// The logs that are due, longest waiting first, at most `limit`. They stay due until looked()
    /// or remove() is called.
    std::vector<log_number> due(time_point now, std::size_t limit) const;

    /// When the next log is due; nothing: none is, ever.
    std::optional<time_point> next_due() const;

    /// Whether the log has been quiet for so long that an event should wake it.
    bool is_quiet(log_number log) const;

    std::size_t size() const { return logs_.size(); }

private:
    struct turn {
        duration interval{};
        std::optional<time_point> at;  // Nothing: an event is awaited.
    };
    void set(log_number log, turn& one, std::optional<time_point> at);

    wheel_options options_;
    std::unordered_map<log_number, turn> logs_;
    std::set<std::pair<time_point, log_number>> turns_;
};

}  // namespace kustodrop::spool
