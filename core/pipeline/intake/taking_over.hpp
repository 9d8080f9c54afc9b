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

/// Whether the roster has sources of the watch whose files are in another folder than the one that
/// was opened: a disk that is not mounted any more leaves an empty folder in its place.
bool is_other_folder(
    roster& sources, const std::vector<spool::work_entry>& work, const folder_facts& facts
);

/// Sources of an earlier run wait until the folder is back in which their files lie.
void report_elsewhere(
    const watch& from, const folder_facts& facts, std::size_t sources, logger& log
);

/// Leaves out the files whose sources are in the roster: a folder that was absent comes back with
/// files of sources that were never dropped. Those of another watch, which has left this folder,
/// belong to this one from now on.
std::vector<spool::work_entry> without_known(
    std::vector<spool::work_entry> work, roster& sources, const std::string& watch
);

/// The sources of earlier runs that belong here: those of the watch, and those of other watches
/// whose files are in `work`, for this folder was watched under another name.
std::vector<spool::source> take_absent(
    absent_sources& absent,
    logger& log,
    const std::string& watch,
    const std::vector<spool::work_entry>& work
);

/// The files that none of the sources has.
std::vector<spool::work_entry> without(
    std::vector<spool::work_entry> work, const std::vector<spool::source>& sources
);

/// Takes out the files whose ids or places the journal has, and returns their sources to be
/// resumed: they were claimed by a watch of another name, or settled while their folder was absent.
asio::awaitable<std::vector<spool::source>> take_journaled(
    spool::journal& journal, std::vector<spool::work_entry>& unknown, std::string watch
);

/// Resumes the sources that were found, settles those whose files are lost, and returns the adopted
/// ones, which are new.
std::vector<spool::source> take_over(recovered found, const resuming_parts& with, watch& from);

void report_taken_over(const watch& from, const recovered& found, logger& log);

}  // namespace kustodrop::pipeline
