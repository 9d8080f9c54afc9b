#include "pipeline/intake/opening/first_opening.hpp"

#include "async/timed_wait.hpp"
#include "pipeline/watch/hung_folder.hpp"

#include <utility>

namespace kustodrop::pipeline {

asio::awaitable<void> first_opening::open_into(watcher& taking, std::shared_ptr<state> out) {
    auto opened = co_await taking.open();
    if (opened.has_error()) out->problem = opened.error();
    out->ended = true;
    out->changed.notify_all();
}

asio::awaitable<void> first_opening::open(watcher& taking) const {
    return open_into(taking, state_);
}

asio::awaitable<result<void>> first_opening::wait(duration patience) {
    auto shared = state_;
    auto end = time_.now() + patience;
    while (!shared->ended && time_.now() < end) {
        co_await wait_until(shared->changed, time_, end);
    }
    if (!shared->ended) co_return folder_hangs();
    if (shared->problem) co_return *shared->problem;
    co_return result<void>();
}

}  // namespace kustodrop::pipeline
