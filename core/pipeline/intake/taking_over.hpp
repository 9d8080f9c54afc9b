#pragma once

#include "base/log.hpp"
#include "pipeline/absent_sources.hpp"
#include "pipeline/intake/resuming.hpp"
#include "pipeline/recovery.hpp"
#include "pipeline/roster.hpp"
#include "pipeline/watch/watch_table.hpp"
#include "spool/folder/scanning.hpp"

#include <string>
#include <vector>

/// How a watch takes over what is in its work folder when the folder is opened.
namespace kustodrop::pipeline {

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

/// Resumes the sources that were found, settles those whose files are lost, and returns the adopted
/// ones, which are new.
std::vector<spool::source> take_over(recovered found, const resuming_parts& with, watch& from);

void report_taken_over(const watch& from, const recovered& found, logger& log);

}  // namespace kustodrop::pipeline
