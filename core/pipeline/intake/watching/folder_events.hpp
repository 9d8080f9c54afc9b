#pragma once

#include "base/log.hpp"
#include "base/metrics.hpp"
#include "pipeline/watch/watch_table.hpp"
#include "spool/watching/inotify.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace kustodrop::pipeline {

/// A folder for which the kernel was asked to report events, and its answer.
struct event_request {
    std::string folder;  // Relative to the watch's; "" is that itself.
    result<int> number;  // Of its watch.
};

/// Asks the kernel to report the events of these folders. Blocking.
std::vector<event_request> request_events(
    const spool::drop_folder& root, spool::inotify& events, std::vector<std::string> folders
);

/// The folders of one watch for which the kernel reports events, or that the watch is polled
/// because it cannot rely on them. Says so in the metric kustodrop_watch_mode. It follows the
/// scans: what a whole pass does not meet is not in the folder any more, and not watched.
class folder_events {
public:
    /// `events` may be null: the watch is polled.
    folder_events(const watch& of, spool::inotify* events, logger& log, metrics& measured);

    /// The folder has been opened. Where other machines may write too, events report only this
    /// machine's changes, so the folder is polled as well.
    void start(spool::medium_kind medium);

    /// The same after the watch's options have changed, or events were lost.
    void restart();
    void stop();

    /// A pass over the folder begins.
    void begin_pass() { ++pass_; }

    /// Which of the folders that a scan is about to read, or has met, are still to be requested:
    /// first the watch's own, then those of `met`.
    bool wants_root() const;
    std::vector<std::string> unwatched(const std::vector<std::string>& met);

    /// Takes in what was requested. True: events of one of them come from now on, and it has to be
    /// read once more.
    bool take(const std::vector<event_request>& requested);

    /// The pass has met everything. Ends the watches of what it did not meet. True: a folder that
    /// was watched under a former name can be watched under its own, after another scan.
    bool end_pass();

    /// A subfolder was removed or moved away, with all that is below it.
    void leave(const std::string& subfolder);

    bool owns(int number) const { return folders_.contains(number); }

    /// The folder whose watch has that number, "" for the watch's own.
    const std::string& folder(int number) const { return folders_.at(number); }

    /// The kernel has ended this watch.
    void forget(int number);

    bool polls() const { return polls_; }

    /// Why it is polled although it need not be, if so.
    const std::optional<failure>& problem() const { return problem_; }
    std::size_t watched() const { return names_.size(); }
    spool::inotify* events() const { return events_; }

private:
    struct watched_folder {
        int number = -1;
        std::uint64_t pass = 0;  // In which it was met last.
    };
    void poll_because(const failure& why);
    void remove(int number);
    void set_polling(bool polls);

    const watch& watch_;
    spool::inotify* events_;
    logger& log_;
    metrics& measured_;
    std::map<int, std::string> folders_;                        // By the number of their watch.
    std::map<std::string, watched_folder, std::less<>> names_;  // Of the same folders.
    std::set<std::string> doubled_;  // Met under another name than they are watched by.
    std::uint64_t pass_ = 0;
    bool polls_ = false;
    bool sees_all_changes_ = true;
    std::optional<failure> problem_;
};

}  // namespace kustodrop::pipeline
