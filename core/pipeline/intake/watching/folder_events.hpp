#pragma once

#include "base/log.hpp"
#include "base/metrics.hpp"
#include "pipeline/watch/watch_table.hpp"
#include "spool/watching/inotify.hpp"

#include <map>
#include <string>
#include <unordered_set>

namespace kustodrop::pipeline {

/// The folders of one watch for which the kernel reports events, or that the watch is polled
/// because it cannot rely on them. Says so in the metric kustodrop_watch_mode.
class folder_events {
public:
    /// `events` may be null: the watch is polled.
    folder_events(const watch& of, spool::inotify* events, logger& log, metrics& measured);

    /// Watches the open folder itself. Where other machines may write too, events report only this
    /// machine's changes, so the folder is polled as well.
    void start(spool::medium_kind medium);

    /// The same after the watch's options have changed.
    void restart();

    /// Watches a subfolder. True: it was not watched before.
    bool add(const std::string& subfolder);
    void stop();

    bool owns(int number) const { return folders_.contains(number); }

    /// The folder whose watch has that number, "" for the watch's own.
    const std::string& folder(int number) const { return folders_.at(number); }

    /// The kernel has ended this watch.
    void forget(int number);

    bool polls() const { return polls_; }

private:
    void watch_folder(const std::string& name);
    void set_polling(bool polls);

    const watch& watch_;
    spool::inotify* events_;
    logger& log_;
    metrics& measured_;
    std::map<int, std::string> folders_;     // By the number of their watch.
    std::unordered_set<std::string> names_;  // Of the same folders.
    bool polls_ = false;
    bool sees_all_changes_ = true;
};

}  // namespace kustodrop::pipeline
