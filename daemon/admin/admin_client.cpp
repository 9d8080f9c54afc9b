#include "daemon/admin/admin_client.hpp"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>
#include <unistd.h>

namespace kustodrop::daemon {

struct socket_handle {
    int number = -1;
    ~socket_handle() {
        if (number >= 0) ::close(number);
    }
};

static failure connect_failure(const std::string& path) {
    auto reason = std::string(std::strerror(errno));
    if (errno == EACCES || errno == EPERM) {
        return {errc::not_allowed, remedy::reconfigure, path + ": " + reason};
    }
    return {
        .code = errc::no_daemon,
        .next = remedy::retry,
        .detail = "no daemon listens at " + path + ": " + reason,
        .hint = "start it, or name its socket with --socket"};
}

static failure no_answer(const std::string& path) {
    return {errc::no_answer, remedy::retry, "the daemon at " + path + " does not answer"};
}

static result<std::string> read_all(int socket, const std::string& path) {
    std::string text;
    char buffer[16384];
    for (;;) {
        auto got = ::read(socket, buffer, sizeof buffer);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return no_answer(path);
        if (got <= 0) return {boost::system::in_place_value, std::move(text)};
        text.append(buffer, static_cast<std::size_t>(got));
    }
}

// The server closes after its answer, so the body is what follows the empty line. No chunks: it
// always sends a Content-Length.
static result<std::string> body_of(const std::string& answer) {
    auto end = answer.find("\r\n\r\n");
    if (!answer.starts_with("HTTP/1.1 ") || end == std::string::npos) {
        return failure{errc::bad_answer, remedy::give_up, "the daemon's answer is not HTTP"};
    }
    auto body = answer.substr(end + 4);
    if (answer.substr(9, 3) == "503" && body.starts_with(not_started_yet)) {
        while (body.ends_with('\n')) body.pop_back();
        return failure{errc::no_answer, remedy::retry, std::move(body)};
    }
    if (answer.substr(9, 3) != "200") {
        return failure{errc::bad_answer, remedy::give_up, answer.substr(9, 3) + ": " + body};
    }
    return {boost::system::in_place_value, std::move(body)};
}

// Connecting and sending wait for as long as receiving does.
static void limit_waiting(int socket, duration patience) {
    auto micros = std::chrono::duration_cast<std::chrono::microseconds>(patience).count();
    timeval limit{static_cast<time_t>(micros / 1'000'000), micros % 1'000'000};
    ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

static result<std::string> exchange(
    const std::string& socket_path, const std::string& request, duration patience
) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (socket_path.empty() || socket_path.size() >= sizeof address.sun_path) {
        return failure{errc::no_daemon, remedy::retry, "there is no admin socket"};
    }
    std::memcpy(address.sun_path, socket_path.data(), socket_path.size());
    socket_handle socket{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    limit_waiting(socket.number, patience);
    auto* to = reinterpret_cast<const sockaddr*>(&address);
    if (::connect(socket.number, to, sizeof address) != 0) {
        bool waited = errno == EAGAIN || errno == EINPROGRESS;
        return waited ? no_answer(socket_path) : connect_failure(socket_path);
    }
    auto sent = ::send(socket.number, request.data(), request.size(), MSG_NOSIGNAL);
    if (sent != static_cast<ssize_t>(request.size())) return connect_failure(socket_path);
    auto answer = read_all(socket.number, socket_path);
    if (answer.has_error()) return answer;
    return body_of(*answer);
}

static std::string request_for(const std::string& method, const std::string& target) {
    return method + " " + target +
           " HTTP/1.1\r\nHost: admin\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
}

result<std::string> ask_daemon(
    const std::string& socket_path, const std::string& target, duration patience
) {
    return exchange(socket_path, request_for("GET", target), patience);
}

result<std::string> command_daemon(
    const std::string& socket_path, const std::string& target, duration patience
) {
    return exchange(socket_path, request_for("POST", target), patience);
}

}  // namespace kustodrop::daemon
