#pragma once

#include "base/log.hpp"
#include "base/result.hpp"
#include "pipeline/watch/watch_table.hpp"

#include <cstdint>
#include <optional>

/// What the log says about the folder of a watch.
namespace kustodrop::pipeline {

void report_unopened_folder(const watch& from, const failure& why, logger& log);
void report_absent_folder(const watch& from, const failure& why, logger& log);

/// Pure. Whether the log has said this already of a folder that is not open: a folder may be absent
/// for one reason after another.
bool is_same_absence(const failure& said, const failure& now);

/// The folder was deleted, with what was claimed in it, and the new one in its place is watched.
void report_deleted_folder(const watch& from, std::uint64_t pending_files, logger& log);

/// The folder is not watched any more; `next` are the options that the watch obeys from now on, if
/// it goes to another folder. Unconfirmed files stay where they are.
void report_released_folder(
    const watch& from,
    const std::optional<watch_options>& next,
    std::uint64_t unconfirmed_files,
    logger& log
);

}  // namespace kustodrop::pipeline
