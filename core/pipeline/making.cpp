#include "pipeline/making.hpp"

#include "pipeline/following/follower.hpp"
#include "pipeline/intake/intake.hpp"

namespace kustodrop::pipeline {

std::unique_ptr<spool::inotify> open_events(const asio::any_io_executor& executor, logger& log) {
    auto events = spool::inotify::open(executor);
    if (events) return std::move(*events);
    const auto& problem = events.error();
    log.warning(
        "inotify unavailable: folders are polled",
        {{"code", problem.code.text()}, {"detail", problem.message()}}
    );
    return nullptr;
}

std::unique_ptr<watcher> make_watcher(
    const asio::any_io_executor& executor,
    watch& from,
    intake_parts parts,
    const intake_options& options,
    routing& next
) {
    if (from.options.kind == watch_kind::follow) {
        return std::make_unique<follower>(executor, from, parts, options, next);
    }
    return std::make_unique<intake>(executor, from, parts, options, next);
}

}  // namespace kustodrop::pipeline
