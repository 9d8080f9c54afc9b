#include "line/forwarder.hpp"

#include "async/event.hpp"
#include "async/timed_wait.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <netinet/tcp.h>

#include <algorithm>
#include <cstdio>
#include <deque>
#include <exception>
#include <memory>
#include <utility>

namespace kustodrop::bench {

using asio::ip::tcp;
using boost::system::error_code;

// What has been acknowledged to the sender before the line has taken it: no more than a router has,
// but enough for the kernel, whose packets are larger here than on a real line.
static int kernel_bytes(const line_shape& shape) {
    auto trip = std::chrono::duration<double>(shape.round_trip).count();
    auto product = trip * static_cast<double>(shape.bytes_per_second);
    return static_cast<int>(std::clamp(product / 8, 64e3, 256e3));
}

static void set_number(tcp::acceptor& socket, int level, int name, int value) {
    ::setsockopt(socket.native_handle(), level, name, &value, sizeof value);
}

static void rethrow(std::exception_ptr thrown) {
    if (thrown) std::rethrow_exception(thrown);
}

/// One way of one connection.
struct forwarder::path {
    path(asio::any_io_executor executor, const line_shape& shape, line_way& way)
        : way(way), window(shape), changed(std::move(executor)) {}

    struct piece {
        std::vector<char> bytes;
        duration arrives;
    };

    line_way& way;
    tcp::socket* from = nullptr;
    tcp::socket* to = nullptr;
    send_window window;
    duration opens{};         // Nothing leaves before.
    duration last_arrival{};  // Pieces do not overtake each other.
    std::deque<piece> under_way;
    bool ended = false;
    event changed;
};

struct forwarder::connection {
    connection(tcp::socket near_end, forwarder& of)
        : near(std::move(near_end)),
          far(of.executor_),
          there(of.executor_, of.shape_, of.there_),
          back(of.executor_, of.shape_, of.back_) {
        there.from = back.to = &near;
        there.to = back.from = &far;
    }

    void close() {
        error_code ignored;
        near.close(ignored);
        far.close(ignored);
        for (auto* one : {&there, &back}) {
            one->ended = true;
            one->changed.notify_all();
        }
    }

    tcp::socket near;
    tcp::socket far;
    path there;
    path back;
};

forwarder::forwarder(asio::any_io_executor executor, clock& time, line_shape shape, line_ends ends)
    : executor_(std::move(executor)),
      time_(time),
      begun_(time.now()),
      shape_(shape),
      ends_(std::move(ends)),
      there_(shape),
      back_(shape) {}

void forwarder::start() {
    for (auto port : ends_.ports) asio::co_spawn(executor_, accept(port), rethrow);
}

asio::awaitable<void> forwarder::accept(std::uint16_t port) {
    tcp::acceptor acceptor(executor_);
    tcp::endpoint at(asio::ip::make_address(ends_.listen), port);
    acceptor.open(at.protocol());
    acceptor.set_option(tcp::acceptor::reuse_address(true));
    set_number(acceptor, SOL_SOCKET, SO_RCVBUF, kernel_bytes(shape_));
    set_number(acceptor, IPPROTO_TCP, TCP_MAXSEG, 1448);
    acceptor.bind(at);
    acceptor.listen();
    for (;;) {
        auto near = co_await acceptor.async_accept(asio::use_awaitable);
        asio::co_spawn(executor_, serve(std::move(near), port), rethrow);
    }
}

// The three packets that open a connection take a round trip.
asio::awaitable<void> forwarder::serve(tcp::socket near, std::uint16_t port) {
    ++totals_.connections;
    auto made = std::make_shared<connection>(std::move(near), *this);
    made->there.opens = made->back.opens = now() + shape_.round_trip;
    tcp::endpoint at(asio::ip::make_address(ends_.to), port);
    auto [refused] = co_await made->far.async_connect(at, asio::as_tuple(asio::use_awaitable));
    if (refused) co_return;
    error_code ignored;
    made->near.set_option(tcp::no_delay(true), ignored);
    made->far.set_option(tcp::no_delay(true), ignored);
    for (auto* along : {&made->there, &made->back}) {
        asio::co_spawn(executor_, take(made, *along), rethrow);
        asio::co_spawn(executor_, give(made, *along), rethrow);
    }
}

// What waits in front of the line, as in a router: enough that the line does not rest while this
// program waits for its turn on a busy machine.
static constexpr duration queue = 20ms;

// Hardly more than a piece of each connection waits for the line: all get the same share of it.
asio::awaitable<void> forwarder::take(std::shared_ptr<connection> of, path& along) {
    std::vector<char> buffer(piece_bytes(shape_));
    while (!along.ended) {
        auto room = along.window.room(now());
        if (room == 0) {
            auto next = along.window.next();
            auto until = next == duration::max() ? time_point::max() : begun_ + next;
            co_await wait_until(along.changed, time_, until);
            continue;
        }
        asio::mutable_buffer into(buffer.data(), std::min<std::uint64_t>(room, buffer.size()));
        auto [error, bytes] =
            co_await along.from->async_read_some(into, asio::as_tuple(asio::use_awaitable));
        if (error) break;
        along.window.room(now());
        auto leaves = along.way.leaves_at(bytes, std::max(now(), along.opens));
        auto arrives = std::max(leaves + time_under_way(shape_, pieces_++), along.last_arrival);
        along.last_arrival = arrives;
        along.window.sent(bytes, leaves);
        along.under_way.push_back({{buffer.data(), buffer.data() + bytes}, arrives});
        (&along == &of->there ? totals_.bytes_there : totals_.bytes_back) += bytes;
        along.changed.notify_all();
        co_await time_.sleep_until(begun_ + leaves - queue);
    }
    along.ended = true;
    along.changed.notify_all();
}

asio::awaitable<void> forwarder::give(std::shared_ptr<connection> of, path& along) {
    for (;;) {
        if (along.under_way.empty()) {
            if (along.ended) break;
            co_await along.changed.wait();
            continue;
        }
        auto next = std::move(along.under_way.front());
        along.under_way.pop_front();
        co_await time_.sleep_until(begun_ + next.arrives);
        auto all = asio::buffer(next.bytes);
        auto [error, bytes] =
            co_await asio::async_write(*along.to, all, asio::as_tuple(asio::use_awaitable));
        if (error) {
            of->close();
            co_return;
        }
        along.window.acknowledged_at(bytes, now() + shape_.round_trip / 2);
        along.changed.notify_all();
    }
    error_code ignored;
    along.to->shutdown(tcp::socket::shutdown_send, ignored);
}

asio::awaitable<void> forwarder::report_stalls() {
    if (shape_.stall == duration::zero()) co_return;
    stall_plan plan(shape_);
    auto seconds = [this](duration at) {
        return std::chrono::duration<double>((begun_ + at).time_since_epoch()).count();
    };
    for (std::uint64_t interval = 0;; ++interval) {
        auto [begin, end] = plan.stall(interval);
        co_await time_.sleep_until(begun_ + end);
        std::printf("stall %.3f %.3f\n", seconds(begin), seconds(end));
        std::fflush(stdout);
    }
}

}  // namespace kustodrop::bench
