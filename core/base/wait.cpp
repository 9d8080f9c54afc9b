#include "base/wait.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>

namespace kustodrop {

asio::awaitable<void> wait_until(event& happened, clock& clock, time_point until) {
    using namespace asio::experimental::awaitable_operators;
    if (clock.now() >= until) co_return;
    auto notified = happened.wait();
    auto passed = clock.sleep_until(until);
    auto either = std::move(notified) || std::move(passed);
    co_await std::move(either);
}

}  // namespace kustodrop
