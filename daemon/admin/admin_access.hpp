#pragma once

#include "http/server/server.hpp"

#include <string>
#include <string_view>

namespace kustodrop::daemon {

/// The way a request came in.
struct admin_door {
    bool is_socket = false;    // The Unix socket, whose mode controls access.
    bool is_loopback = false;  // An address that only this machine reaches.
};

/// Whether a request with this Host header may be answered. A page of another site whose own name
/// points here (DNS rebinding) sends that name: on loopback only localhost, 127.0.0.1 and [::1] are
/// accepted, elsewhere any address but no name.
bool is_our_host(std::string_view host, const admin_door& door);

/// Why a change may not be made; empty: it may. On loopback HTTP only our own page may, which sends
/// its origin and the token it was given.
std::string objection_to_change(
    const http::headers& headers, const admin_door& door, std::string_view token
);

}  // namespace kustodrop::daemon
