#include "http/client/race.hpp"

#include "async/timed_wait.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>

namespace kustodrop::http {

using asio::ip::address;
using asio::ip::tcp;
using boost::system::error_code;

static constexpr duration head_start = 250ms;  // RFC 8305 §8.

std::vector<address> by_turns(std::vector<address> addresses) {
    if (addresses.empty()) return addresses;
    bool first_kind = addresses.front().is_v6();
    auto kind = [&](const address& one) { return one.is_v6() == first_kind; };
    auto other = std::stable_partition(addresses.begin(), addresses.end(), kind);
    std::vector<address> out;
    auto left = addresses.begin();
    auto right = other;
    while (left != other || right != addresses.end()) {
        if (left != other) out.push_back(*left++);
        if (right != addresses.end()) out.push_back(*right++);
    }
    return out;
}

namespace {

// What the attempts share; it outlives the coroutine if that is cancelled.
struct race {
    explicit race(asio::any_io_executor executor) : changed(executor) {}

    void attempt(asio::any_io_executor executor, tcp::endpoint where, std::shared_ptr<race> self) {
        auto& socket = sockets.emplace_back(std::make_unique<tcp::socket>(executor));
        auto* runner = socket.get();
        ++running;
        socket->async_connect(where, [self, runner](error_code error) {
            --self->running;
            if (!error && !self->winner) self->winner = runner;
            if (error) self->last = error;
            self->changed.notify_all();
        });
    }
    void end() {
        for (auto& one : sockets) {
            error_code ignored;
            if (one.get() != winner) one->close(ignored);
        }
    }

    std::vector<std::unique_ptr<tcp::socket>> sockets;
    tcp::socket* winner = nullptr;
    std::size_t running = 0;
    error_code last = asio::error::timed_out;
    event changed;
};

// Ends the race even where the coroutine is cancelled.
struct race_end {
    ~race_end() { of->end(); }
    std::shared_ptr<race> of;
};

}  // namespace

asio::awaitable<race_result> connect_to_first(
    asio::any_io_executor executor,
    clock& clock,
    std::vector<address> addresses,
    std::uint16_t port,
    time_point end
) {
    auto shared = std::make_shared<race>(executor);
    race_end guard{shared};
    auto waiting = by_turns(std::move(addresses));
    std::size_t next = 0;
    auto next_at = clock.now();
    while (!shared->winner && clock.now() < end) {
        bool due = shared->running == 0 || clock.now() >= next_at;
        if (next < waiting.size() && due) {
            tcp::endpoint where(waiting[next++], port);
            shared->attempt(executor, where, shared);
            next_at = clock.now() + head_start;
        }
        if (shared->running == 0) break;
        auto wake = next < waiting.size() ? std::min(next_at, end) : end;
        co_await wait_until(shared->changed, clock, wake);
    }
    race_result out;
    if (shared->winner) {
        out.socket = std::move(*shared->winner);
    } else {
        out.error = shared->running > 0 ? error_code(asio::error::timed_out) : shared->last;
    }
    co_return out;
}

failure connect_failure(const std::string& where, error_code error) {
    namespace fault = boost::system::errc;
    auto text = "cannot connect to " + where + ": ";
    if (error == asio::error::timed_out) {
        return {
            .code = errc::connect_timeout,
            .detail = text + "no answer in time",
            .hint = "check firewalls and the proxy"};
    }
    if (error == fault::connection_refused) {
        return {
            .code = errc::connect_refused,
            .detail = text + "connection refused",
            .hint = "check host and port, and that the service runs"};
    }
    bool ours = error == fault::too_many_files_open || error == fault::no_buffer_space ||
                error == fault::too_many_files_open_in_system ||
                error == fault::address_not_available;
    if (ours) {
        return {
            .code = errc::local_limit,
            .detail = text + error.message(),
            .retry_after = duration(1s),
            .hint = "this machine is at a limit (LimitNOFILE, ports)"};
    }
    return {
        .code = errc::connect_failed,
        .detail = text + error.message(),
        .hint = "check the network"};
}

}  // namespace kustodrop::http
