#include "http/server/server.hpp"

#include "http/server/listening.hpp"
#include "http/server/served_connection.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <sys/socket.h>

#include <algorithm>
#include <unistd.h>

namespace kustodrop::http {

using boost::system::error_code;
using tcp = asio::ip::tcp;
using unix_stream = asio::local::stream_protocol;

namespace {

std::string peer_of(tcp::socket& socket) {
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    auto remote = socket.remote_endpoint(ignored);
    return ignored ? "" : remote.address().to_string();
}

std::string peer_of(unix_stream::socket& socket) {
    ucred who{};
    socklen_t size = sizeof(who);
    if (::getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &who, &size) != 0) return "";
    return "uid=" + std::to_string(who.uid) + " gid=" + std::to_string(who.gid) +
           " pid=" + std::to_string(who.pid);
}

served_connection* oldest_of(const server_state& state, bool served_connection::*which) {
    served_connection* oldest = nullptr;
    for (auto* one : state.connections) {
        bool counts = one->*which && one->socket.is_open();
        if (counts && (!oldest || one->began_at < oldest->began_at)) oldest = one;
    }
    return oldest;
}

// Gives way to a newcomer: ends the connection that has waited longest for its next request, or
// else the one whose client has sent its request, or taken the answer, for longest.
void drop_the_idlest(server_state& state) {
    auto* drop = oldest_of(state, &served_connection::idle);
    if (!drop) drop = oldest_of(state, &served_connection::waits);
    if (drop) drop->close();
}

bool is_passing(const error_code& error) {
    return error == asio::error::connection_aborted || error == asio::error::try_again ||
           error == asio::error::no_descriptors || error == asio::error::no_memory ||
           error == asio::error::no_buffer_space || error == boost::system::errc::interrupted ||
           error == boost::system::errc::too_many_files_open_in_system;
}

template <class Acceptor>
asio::awaitable<void> accept_all(state_pointer state, Acceptor& acceptor) {
    asio::steady_timer pause(state->executor);
    bool warned = false;
    while (true) {
        if (state->full()) {
            // No connection has to be closed before another client is waiting.
            co_await acceptor.async_wait(asio::socket_base::wait_read, asio::use_awaitable);
        }
        while (state->full()) {
            drop_the_idlest(*state);
            co_await state->changed.wait();
        }
        auto [error, socket] = co_await acceptor.async_accept(asio::as_tuple(asio::use_awaitable));
        if (!error) {
            warned = false;
            ++state->accepted;
            auto peer = peer_of(socket);
            start_serving(state, socket_type(std::move(socket)), std::move(peer));
            continue;
        }
        if (!is_passing(error)) throw boost::system::system_error(error, "accept");
        if (!warned) state->log.warning("accept_failed", {{"error", error.message()}});
        warned = true;
        pause.expires_after(100ms);
        co_await pause.async_wait(asio::use_awaitable);
    }
}

// Closes connections whose deadline has passed. One timer for all of them costs nothing per
// request, at the price of a little patience.
void sweep(const state_pointer& state, const std::shared_ptr<asio::steady_timer>& timer) {
    auto pace = std::clamp<duration>(state->options.idle_timeout / 8, 10ms, 1s);
    timer->expires_after(pace);
    timer->async_wait([state, timer](error_code error) {
        // A timer that was due already cannot be cancelled any more.
        if (error || state->ending) return;
        auto now = real_clock().now();
        for (auto* one : state->connections) {
            if (one->deadline <= now) one->close();
        }
        sweep(state, timer);
    });
}

}  // namespace

struct server::state {
    state_pointer shared;
    std::optional<tcp::acceptor> tcp_acceptor;
    std::optional<unix_stream::acceptor> unix_acceptor;

    asio::awaitable<void> accept() {
        if (tcp_acceptor) {
            co_await accept_all(shared, *tcp_acceptor);
        } else {
            co_await accept_all(shared, *unix_acceptor);
        }
    }

    void close_all() {
        error_code ignored;
        if (tcp_acceptor) tcp_acceptor->close(ignored);
        if (unix_acceptor) {
            unix_acceptor->close(ignored);
            ::unlink(shared->options.unix_path.c_str());
        }
        for (auto* one : shared->connections) {
            one->close();
            one->cancellation.emit(asio::cancellation_type::terminal);
        }
    }
};

server::server(asio::any_io_executor executor, server_options options, handler handle, logger& log)
    : state_(std::make_unique<state>()) {
    state_->shared =
        std::make_shared<server_state>(executor, std::move(options), std::move(handle), log);
    auto& chosen = state_->shared->options;
    if (!chosen.certificate_pem.empty()) state_->shared->tls = tls_context(chosen);
    if (chosen.unix_path.empty()) {
        state_->tcp_acceptor = listen_tcp(executor, chosen);
    } else {
        state_->unix_acceptor = listen_unix(executor, chosen.unix_path);
    }
}

server::~server() = default;

std::uint16_t server::port() const {
    if (!state_->tcp_acceptor) return 0;
    error_code ignored;
    return state_->tcp_acceptor->local_endpoint(ignored).port();
}

std::uint64_t server::connections_accepted() const { return state_->shared->accepted; }

asio::awaitable<void> server::run() {
    auto shared = state_->shared;
    auto timer = std::make_shared<asio::steady_timer>(shared->executor);
    sweep(shared, timer);
    std::exception_ptr ended;
    try {
        co_await state_->accept();
    } catch (...) {
        ended = std::current_exception();
    }
    shared->ending = true;
    timer->cancel();
    state_->close_all();
    // From here nothing may cut short the wait for the connections.
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    while (!shared->connections.empty()) co_await shared->changed.wait();
    std::rethrow_exception(ended);
}

}  // namespace kustodrop::http
