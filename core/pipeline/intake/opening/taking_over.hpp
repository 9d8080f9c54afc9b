#pragma once

#include "async/awaitable.hpp"
#include "base/log.hpp"
#include "pipeline/absent_sources.hpp"
#include "pipeline/intake/resuming.hpp"
#include "pipeline/recovery.hpp"
#include "pipeline/roster.hpp"
#include "pipeline/watch/watch_table.hpp"
#include "spool/folder/scanning.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// How a watch takes over what is in its work folder when the folder is opened.
namespace kustodrop::pipeline {

/// The folder in which the watch's files were claimed; nothing if that is not known.
std::optional<spool::folder_record> recorded_folder(
    spool::journal& journal, const std::string& watch
);

/// The folder that the watch has open.
spool::folder_record record_of(const watch& from, const spool::file_identity& identity);

/// The ids in the places in work/ of the watch's sources that only wait for their outcome, sorted:
/// their files need not be looked at.
std::vector<spool::source_key> waiting_places(
    const roster& sources, const absent_sources& absent, const std::string& watch
);

/// Whether the roster has sources of the watch whose files are in another folder than the one that
/// was opened: a disk that is not mounted any more leaves an empty folder in its place.
bool is_other_folder(roster& sources, const found_work& work, const folder_facts& facts);

/// Sources of an earlier run wait until the folder is back in which their files lie.
void report_elsewhere(
    const watch& from, const folder_facts& facts, std::size_t sources, logger& log
);

/// The files whose sources are in the roster are known: a folder that was absent comes back with
/// files of sources that were never dropped. Those of another watch, which has left this folder,
/// belong to this one from now on.
void take_known(found_work& work, roster& sources, const std::string& watch);

/// The sources of earlier runs of other watches whose files are in work/, for this folder was
/// watched under another name.
std::vector<spool::source> take_renamed(
    absent_sources& absent, logger& log, const std::string& watch, const found_work& work
);

/// The sources of the journal whose ids or places the strangers in work/ have, to be resumed: they
/// were claimed by a watch of another name, or settled while their folder was absent.
asio::awaitable<std::vector<spool::source>> take_journaled(
    spool::journal& journal, const found_work& work, std::string watch
);

}  // namespace kustodrop::pipeline
