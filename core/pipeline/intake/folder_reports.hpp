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

/// The folder is not watched any more; `next` are the options that the watch obeys from now on, if
/// it goes to another folder. Unconfirmed files stay where they are.
void report_released_folder(
    const watch& from,
    const std::optional<watch_options>& next,
    std::uint64_t unconfirmed_files,
    logger& log
);

}  // namespace kustodrop::pipeline
