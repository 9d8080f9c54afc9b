#pragma once

#include "async/clock.hpp"
#include "async/event.hpp"
#include "base/result.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kustodrop::http {

/// The order in which a host's addresses are tried: the first one first, then the families in
/// turn, so that a dead IPv6 (or IPv4) costs one delay and not one for each address.
std::vector<asio::ip::address> by_turns(std::vector<asio::ip::address> addresses);

/// The connection that came about first, or why the last one did not.
struct race_result {
    std::optional<asio::ip::tcp::socket> socket;
    boost::system::error_code error = {};
};

/// Connects to a host by whichever of its addresses answers first ("happy eyeballs", RFC 8305):
/// the next one is tried when one fails, or after 250 ms beside those that have not answered yet.
/// Without an answer by `end` the error is timed_out. `addresses` is not empty.
asio::awaitable<race_result> connect_to_first(
    asio::any_io_executor executor,
    clock& clock,
    std::vector<asio::ip::address> addresses,
    std::uint16_t port,
    time_point end
);

/// Why there is no connection to `where`, HOST:PORT: connect_timeout, connect_refused, local_limit
/// (this machine has no more descriptors, ports or memory for sockets) or connect_failed.
failure connect_failure(const std::string& where, boost::system::error_code error);

}  // namespace kustodrop::http
