#pragma once

#include "base/log.hpp"
#include "pipeline/intake/intake_parts.hpp"
#include "pipeline/routing.hpp"
#include "pipeline/watch/watch_table.hpp"
#include "pipeline/watcher.hpp"
#include "spool/watching/inotify.hpp"

#include <memory>
#include <string>

namespace kustodrop::pipeline {

/// The events of the watched folders. Null where the system has none left: folders are polled.
std::unique_ptr<spool::inotify> open_events(const asio::any_io_executor& executor, logger& log);

/// What serves a watch: an intake, or for `mode: follow` a follower.
std::unique_ptr<watcher> make_watcher(
    const asio::any_io_executor& executor,
    watch& from,
    intake_parts parts,
    const intake_options& options,
    routing& next
);

/// Gives what is kept under one key of a map another key.
template <class Part>
void rename_key(Part& parts, const std::string& from, const std::string& to) {
    auto found = parts.extract(from);
    if (!found) return;
    found.key() = to;
    parts.insert(std::move(found));
}

}  // namespace kustodrop::pipeline
