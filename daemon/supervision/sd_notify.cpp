#include "daemon/supervision/sd_notify.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <unistd.h>

namespace kustodrop::daemon {

void sd_notify(std::string_view state) {
    auto* path = std::getenv("NOTIFY_SOCKET");
    if (!path) return;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    auto length = std::strlen(path);
    if (length == 0 || length >= sizeof address.sun_path) return;
    std::memcpy(address.sun_path, path, length);
    if (address.sun_path[0] == '@') address.sun_path[0] = '\0';  // The abstract namespace.
    int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (socket < 0) return;
    auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + length);
    auto* to = reinterpret_cast<const sockaddr*>(&address);
    ::sendto(socket, state.data(), state.size(), MSG_NOSIGNAL, to, size);
    ::close(socket);
}

}  // namespace kustodrop::daemon
