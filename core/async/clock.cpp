#include "async/clock.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace kustodrop {

wall_time real_clock::wall_now() const {
    return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now()
    );
}

asio::awaitable<void> real_clock::sleep_until(time_point wake) {
    auto executor = co_await asio::this_coro::executor;
    asio::steady_timer timer(executor, wake);
    co_await timer.async_wait(asio::use_awaitable);
}

}  // namespace kustodrop
