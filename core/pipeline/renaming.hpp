#pragma once

#include "base/log.hpp"
#include "base/result.hpp"
#include "pipeline/absent_sources.hpp"
#include "pipeline/watch/watch_options.hpp"
#include "spool/journal/journal.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

/// A watch is its folder: one that has another name in the configuration than in an earlier run is
/// the same watch.
namespace kustodrop::pipeline {

/// The folder of each watch, by the name of the watch.
using folders_by_watch = std::map<std::string, std::string>;

struct watch_rename {
    std::string from;
    std::string to;

    friend bool operator==(const watch_rename&, const watch_rename&) = default;
};

/// Pure. What to rename, in this order, so that the watch of each folder has the name that it has
/// in `now`. Watches that exchanged their names take turns by a name that no watch can have. A name
/// stays with the folder it had before where that folder has no watch any more.
std::vector<watch_rename> renames_of(const folders_by_watch& before, const folders_by_watch& now);

/// Pure. The watches whose folder was another one's, which is not renamed to them: each `from` had
/// the folder of `to` until now.
std::vector<watch_rename> takeovers_of(const folders_by_watch& before, const folders_by_watch& now);

/// A watch that has the folder of another one from now on knows the files that are kept there: what
/// lies in a folder is not shipped again because another watch looks at it. Those that no open
/// watch has are renamed, with all that is theirs. Call it before the watches change. Blocking.
result<void> take_over_folders(
    const std::vector<watch_options>& configured,
    const std::function<bool(const std::string& watch)>& is_open,
    spool::journal& journal,
    absent_sources& absent
);

/// Gives what the journal knows of watches the names that they have now: sources that are not done
/// with, kept files, followed logs, and folders. Durable when it returns. Call it before any of
/// them is opened. Blocking.
result<void> adopt_renamed(
    const std::vector<watch_options>& configured,
    spool::journal& journal,
    absent_sources& absent,
    logger& log
);

}  // namespace kustodrop::pipeline
