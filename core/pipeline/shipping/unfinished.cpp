#include "pipeline/shipping/unfinished.hpp"

#include <chrono>
#include <utility>

namespace kustodrop::pipeline {

// A file that was last written long ago has no writer. Its time may be wrong: `since` is not.
unfinished_files::step unfinished_files::judge(const entry& one, const moment& at) {
    auto modified = std::chrono::nanoseconds(one.identity.modified_ns);
    bool is_old = at.wall_now.time_since_epoch() - modified >= at.patience;
    return is_old || at.now - one.since >= at.patience ? step::give_up : step::wait;
}

unfinished_files::step unfinished_files::before_reading(
    const spool::source& what, const moment& at
) {
    auto found = known_.find(what.id);
    if (found == known_.end()) return step::read;
    auto& known = found->second;
    auto& now = what.slices.front().identity;
    if (known.identity.same_content(now)) return known.was_read ? judge(known, at) : step::read;
    // It has changed since the last look: it is read when it rests.
    known.identity = now;
    known.since = at.now;
    known.was_read = false;
    return step::wait;
}

unfinished_files::step unfinished_files::broken(
    const spool::source& what, failure why, const moment& at
) {
    auto [found, is_new] = known_.try_emplace(what.id);
    auto& known = found->second;
    auto& now = what.slices.front().identity;
    if (is_new || !known.identity.same_content(now)) known.since = at.now;
    known.identity = now;
    known.why = std::move(why);
    known.was_read = true;
    return judge(known, at);
}

void unfinished_files::outgrown(const spool::source& what, failure why, time_point now) {
    known_.insert_or_assign(
        what.id, entry{what.slices.front().identity, now, std::move(why), false}
    );
}

const failure& unfinished_files::why(const std::string& source_id) const {
    return known_.at(source_id).why;
}

}  // namespace kustodrop::pipeline
