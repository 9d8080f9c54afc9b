#pragma once

#include "async/awaitable.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "http/url.hpp"

#include <boost/asio/ip/address.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::http {

namespace asio = boost::asio;

/// A proxy as an operator names it.
struct proxy_address {
    url location;          // http, without path and query.
    secret authorization;  // "Basic …", or empty.
    friend bool operator==(const proxy_address&, const proxy_address&) = default;
};

/// Reads "http://host:port", "host:port", either with "user:word@" before the host, where
/// anything may stand percent-encoded. The failure "bad_proxy" quotes nothing of it.
result<proxy_address> parse_proxy(std::string_view text);

/// What is not sent through the proxy: the form of NO_PROXY, by the rules of Go, which are those of
/// curl but for a leading dot. Entries stand between commas or spaces. "host.example" is that host
/// and all below it, ".host.example" and "*.host.example" only what is below; an address, or a
/// network as 10.0.0.0/8; each but a network may end in :port; "*" is everything.
class proxy_exceptions {
public:
    explicit proxy_exceptions(std::string_view list);

    bool covers(const url& target) const;

private:
    struct entry {
        std::string suffix = {};  // ".host.example"
        bool itself = false;      // And "host.example".
        std::optional<asio::ip::address> network = {};
        unsigned prefix_bits = 0;
        std::optional<std::uint16_t> port = {};
    };
    static std::optional<entry> read(std::string_view text);
    static bool matches(const entry& one, const url& target);

    bool everything_ = false;
    std::vector<entry> entries_;
};

/// Whether a request goes through a proxy at all: https only, which is all that carries tokens, SAS
/// and data. Never plain http, which identity endpoints speak (docs/protocol.md §1.4), never to
/// this machine or this link, nor to an exception.
bool goes_by_proxy(const url& target, const proxy_exceptions& exceptions);

/// The request for a tunnel to the target (RFC 9110 §9.3.6).
std::string tunnel_request(const url& target, const secret& authorization);

/// What the proxy's answer to it means; `head` is its status line and header. Failures:
/// proxy_unauthorized (407), proxy_refused (another refusal), proxy_failed.
result<void> tunnel_answer(std::string_view head, const url& target, const url& proxy);

}  // namespace kustodrop::http
