#pragma once

#include "async/clock.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace kustodrop::emulator {

/// What the proxy does with its clients.
enum class proxy_mode {
    open,    // Connects them.
    refuse,  // 403 for every client.
    hang,    // Takes the connection and never answers.
};

struct proxy_options {
    std::string listen = "127.0.0.1";
    std::uint16_t port = 0;
    std::string credentials = {};      // "user:password"; empty: none are required (407).
    std::set<std::string> names = {};  // The hosts that lead to this machine; others: 502.
    proxy_mode mode = proxy_mode::open;
};

/// A small HTTP proxy that understands CONNECT (RFC 9110 §9.3.6) and never leaves this machine:
/// every name leads to the same port of loopback.
class proxy {
public:
    /// Binds its port; throws std::exception with the reason if that fails.
    proxy(asio::any_io_executor executor, clock& clock, proxy_options options);

    std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
    const std::string& address() const { return options_.listen; }

    /// The emulator's own "user:password", which is always accepted and not counted.
    void set_internal_credentials(std::string parts) { internal_ = std::move(parts); }

    /// "host:port" to which every client but the emulator is refused (403), as by a firewall.
    void block(std::set<std::string> places) { blocked_ = std::move(places); }

    /// How many tunnels there were to each "host:port", the refused ones under "refused".
    const std::map<std::string, std::uint64_t>& tunnels() const { return tunnels_; }

    /// Serves until cancelled.
    asio::awaitable<void> run();

private:
    struct decision {
        std::string refusal = {};  // The whole answer; empty: connect.
        std::uint16_t port = 0;
    };
    decision decide(std::string_view head);
    asio::awaitable<void> serve(asio::ip::tcp::socket client);

    asio::any_io_executor executor_;
    clock& clock_;
    proxy_options options_;
    std::string internal_;
    std::set<std::string> blocked_;
    asio::ip::tcp::acceptor acceptor_;
    std::map<std::string, std::uint64_t> tunnels_;
};

}  // namespace kustodrop::emulator
