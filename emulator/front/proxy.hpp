#pragma once

#include "async/clock.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace kustodrop::emulator {

/// How the proxy takes its clients.
enum class proxy_temper {
    open,    // Leads them on.
    refuse,  // 403, whoever they are.
    hang,    // Takes the connection and never answers.
};

struct proxy_options {
    std::string listen = "127.0.0.1";
    std::uint16_t port = 0;
    std::string credentials = {};      // "user:word"; empty: none are asked for (407).
    std::set<std::string> names = {};  // The hosts that lead to this machine; others: 502.
    proxy_temper temper = proxy_temper::open;
};

/// A small HTTP proxy that knows CONNECT (RFC 9110 §9.3.6) and no way out of this machine: every
/// name leads to the same port of loopback.
class proxy {
public:
    /// Binds its port; throws std::exception with the reason if that fails.
    proxy(asio::any_io_executor executor, clock& clock, proxy_options options);

    std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
    const std::string& address() const { return options_.listen; }

    /// For whoever belongs to the emulator: "user:word" that is always let through and not counted.
    void set_internal_credentials(std::string words) { internal_ = std::move(words); }

    /// "host:port" that everybody but us is refused (403), as a firewall would.
    void block(std::set<std::string> places) { blocked_ = std::move(places); }

    /// How many tunnels there were to each "host:port", the refused ones under "refused".
    const std::map<std::string, std::uint64_t>& tunnels() const { return tunnels_; }

    /// Serves until cancelled.
    asio::awaitable<void> run();

private:
    struct verdict {
        std::string refusal = {};  // The whole answer; empty: go on.
        std::uint16_t port = 0;
    };
    verdict judge(std::string_view head);
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
