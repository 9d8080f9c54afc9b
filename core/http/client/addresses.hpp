#pragma once

#include "async/awaitable.hpp"

#include <boost/asio/ip/address.hpp>

#include <optional>
#include <string_view>

namespace kustodrop::http {

namespace asio = boost::asio;

/// The address that a host stands for without a name service, in every form that the C library
/// takes for one: "127.0.0.1", "127.1", "0x7f.1", "2130706433", "017700000001", "::1",
/// "::ffff:127.0.0.1". Nothing for names.
std::optional<asio::ip::address> address_of(std::string_view host);

/// Whether an address leads to this machine, this link or a cloud's metadata service instead of
/// somewhere in the world (docs/security.md §3): loopback, unspecified, link-local, multicast,
/// Azure's 168.63.129.16 and its like; also where IPv6 only wraps such an IPv4 address. Private
/// networks (10.0.0.0/8, …) are where private endpoints live, and do not count.
bool is_local(const asio::ip::address& address);

}  // namespace kustodrop::http
