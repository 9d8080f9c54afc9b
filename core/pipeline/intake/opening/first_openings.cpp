#include "pipeline/intake/opening/first_openings.hpp"

#include "async/event.hpp"
#include "async/timed_wait.hpp"
#include "pipeline/intake/opening/opening_turns.hpp"
#include "pipeline/watch/hung_folder.hpp"

#include <memory>
#include <utility>

namespace kustodrop::pipeline {

namespace {

// An opening may outlive the wait for it.
struct openings {
    openings(asio::any_io_executor executor, std::size_t folders, duration patience)
        : changed(std::move(executor)), turns(folders, patience) {}

    event changed;
    opening_turns turns;
    opening_failures failures;
};

asio::awaitable<void> open_one(
    named_watcher watch, std::size_t which, std::shared_ptr<openings> all
) {
    auto opened = co_await watch.taking->open();
    if (opened.has_error()) all->failures.emplace(watch.name, opened.error());
    all->turns.end(which);
    all->changed.notify_all();
}

}  // namespace

asio::awaitable<opening_failures> open_folders(
    opening_parts with, std::vector<named_watcher> watchers, duration patience
) {
    auto all = std::make_shared<openings>(with.executor, watchers.size(), patience);
    for (;;) {
        auto now = with.time.now();
        with.pool.stand_in(all->turns.late(now));
        while (auto which = all->turns.begin_next(now)) {
            with.tasks.start(open_one(watchers[*which], *which, all));
        }
        auto next = all->turns.next_look(now);
        if (!next) break;
        co_await wait_until(all->changed, with.time, *next);
    }
    auto failures = all->failures;
    for (std::size_t i = 0; i < watchers.size(); ++i) {
        if (!all->turns.has_ended(i)) failures.emplace(watchers[i].name, folder_hangs());
    }
    co_return failures;
}

}  // namespace kustodrop::pipeline
