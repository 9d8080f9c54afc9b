#pragma once

#include "pipeline/intake/cutting/cutting.hpp"
#include "pipeline/intake/cutting/rechecks.hpp"
#include "pipeline/intake/intake_parts.hpp"
#include "pipeline/routing.hpp"
#include "pipeline/watch/watch_table.hpp"
#include "spool/source/sighting.hpp"

#include <optional>
#include <string>
#include <vector>

namespace kustodrop::pipeline {

/// Looks again at claimed files of which nothing may be shipped yet: what a writer has added to a
/// file, what has changed while it was read, what has no whole record. It looks every stable_for,
/// until there is something to ship. A file that is shipped from where it lies is followed when it
/// is renamed within the folder.
class rechecker {
public:
    rechecker(watch& of, intake_parts parts, routing& next)
        : watch_(of), with_(parts), next_(next) {}

    void add(const spool::source& what, unsigned unchanged_looks = 0);
    std::optional<time_point> next_due() const { return waiting_.next_due(); }

    /// Looks at what is due. `hurries`: at all of them, and ships what is there.
    asio::awaitable<void> look(bool hurries);

private:
    // True: it is in place, and its name leads to another file or to none.
    asio::awaitable<bool> look_at(rechecks::due one, bool hurries, bool follows);
    asio::awaitable<void> follow(std::vector<rechecks::due> left, bool hurries);
    void note_renamed(spool::source& what, const spool::sighting& now);
    void take(spool::source& what, cut_look seen, unsigned unchanged_looks);
    void take_version(spool::source& former, cut_look seen);
    void note_failure(spool::source& what, const failure& problem);

    watch& watch_;
    intake_parts with_;
    routing& next_;
    rechecks waiting_;
};

}  // namespace kustodrop::pipeline
