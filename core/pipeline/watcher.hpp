#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "pipeline/watch/log_figures.hpp"
#include "pipeline/watch/notices.hpp"
#include "pipeline/watch/watch_options.hpp"
#include "spool/source/source.hpp"
#include "spool/watching/inotify.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace kustodrop::pipeline {

/// What makes sources of the files of one watch: an intake, which claims finished files, or a
/// follower, which cuts what was added to logs. Virtual because the engine runs both in one way.
class watcher {
public:
    virtual ~watcher() = default;

    /// Opens the folder and resumes what an earlier run left. Fails with "folder_locked" if another
    /// daemon has the folder, and with "folder_absent" and the like; run() keeps trying then.
    virtual boost::asio::awaitable<result<void>> open() = 0;

    /// For a watch that is added to a running daemon: run() does what open() does.
    virtual void begin() = 0;

    /// Makes sources until cancelled or closed.
    virtual boost::asio::awaitable<void> run() = 0;

    /// Makes no more; run() ends.
    virtual void close() = 0;

    /// Takes what is there without waiting until it has settled, for no one writes any more; then
    /// run() ends.
    virtual void finish() = 0;
    virtual bool has_ended() const = 0;

    /// Obeys other options from its next turn on; of another folder when all that was taken is
    /// retired.
    virtual void change(watch_options wanted) = 0;

    /// Makes no more, and closes the folder when all that was taken is retired. change() brings it
    /// back.
    virtual void leave() = 0;
    virtual bool is_leaving() const = 0;
    virtual bool has_left() const = 0;

    /// An event of the process's inotify instance, if its watch number belongs to this watcher.
    virtual void hint(const spool::folder_event& event) = 0;
    virtual bool owns(int watch_number) const = 0;
    virtual void lost_events() = 0;  ///< The queue overflowed: look at everything.

    /// A file of the source is not what it was.
    virtual void look_again(const spool::source& what) = 0;

    virtual std::string mode() const = 0;
    virtual std::size_t settling() const = 0;
    virtual bool is_low_on_space() const = 0;
    virtual std::size_t waiting_in_folder() const = 0;

    /// Why the folder is not open; it is tried again.
    virtual const std::optional<failure>& absence() const = 0;

    /// What a folder keeps that is never shipped, and the like: said once in the log.
    virtual std::vector<notice> notices() const { return {}; }

    /// Whether the folder does not answer: what was begun there has not returned for long.
    virtual bool is_stuck() const { return false; }

    /// The logs of a watch that follows them; nothing: it does not.
    virtual std::optional<log_figures> figures() const { return std::nullopt; }

    /// Since when the file that waits longest has waited in the folder; nothing where none does.
    virtual std::optional<time_point> waiting_since() const { return std::nullopt; }
};

}  // namespace kustodrop::pipeline
