#include "daemon/admin/admin_access.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace kustodrop::daemon {

// "[::1]:9464" -> "[::1]", "localhost:9464" -> "localhost".
static std::string_view without_port(std::string_view host) {
    if (host.starts_with('[')) return host.substr(0, host.find(']') + 1);
    return host.substr(0, host.find(':'));
}

static bool is_address(std::string_view host) {
    if (host.starts_with('[')) return host.size() > 2;
    auto allowed = [](char c) { return c == '.' || (c >= '0' && c <= '9'); };
    return !host.empty() && std::all_of(host.begin(), host.end(), allowed);
}

bool is_our_host(std::string_view host, const admin_door& door) {
    if (door.is_socket) return true;
    auto name = without_port(host);
    if (equals_ignoring_case(name, "localhost") || name == "127.0.0.1" || name == "[::1]") {
        return true;
    }
    return !door.is_loopback && is_address(name);
}

std::string objection_to_change(
    const http::headers& headers, const admin_door& door, std::string_view token
) {
    if (door.is_socket) return {};
    if (!door.is_loopback) return "only on the admin socket";
    auto host = headers.find("Host");
    auto origin = headers.find("Origin");
    auto given = headers.find("X-Kustodrop-Token");
    if (!host || !origin || *origin != "http://" + std::string(*host)) {
        return "only on the admin socket, or from the status page itself";
    }
    if (token.empty() || !given || *given != token) {
        return "the page is of an earlier run of the daemon: load it again";
    }
    return {};
}

}  // namespace kustodrop::daemon
