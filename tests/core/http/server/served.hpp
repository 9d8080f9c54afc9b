// A server on its own thread, and a client that sends and receives bytes.
#pragma once

#include "async/awaitable.hpp"
#include "base/text.hpp"
#include "http/server/server.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/write.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <future>
#include <thread>
#include <unistd.h>

namespace kustodrop::test {

namespace fs = std::filesystem;
using tcp = asio::ip::tcp;

// For localhost, valid for a hundred years, used by these tests only.
inline constexpr auto certificate = R"(-----BEGIN CERTIFICATE-----
MIIBfjCCASWgAwIBAgIUIcTXwfhj9OVbbgrniRBm2+DHLZMwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMzA3MDUwNVoYDzIxMjYxMDMw
MDcwNTA1WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQQf3JUS3DeGp8TtNRjN3DLiI/Zq+zMXfNICKoJcBMUnCoIQsdvpKe6
CHHMWHmxDoXp/N9GBRqHi4jKSAQ0Hx8Co1MwUTAdBgNVHQ4EFgQUVOBTrK8yYivv
k4D2XPtR4NjDp9wwHwYDVR0jBBgwFoAUVOBTrK8yYivvk4D2XPtR4NjDp9wwDwYD
VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNHADBEAiAR36n29pOscOdn54jbzHPW
pOhLxZ9X4SgtWAzQ2dlJXAIgUO+YXhBVpiXu1Si3nd2yG/QcACWPB4W5s3l649d4
DiE=
-----END CERTIFICATE-----
)";
inline constexpr auto private_key = R"(-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgrX+jFNEDneSg5fZi
MfTD0g7JHU2rnKE8AsQSMZTnX9ihRANCAAQQf3JUS3DeGp8TtNRjN3DLiI/Zq+zM
XfNICKoJcBMUnCoIQsdvpKe6CHHMWHmxDoXp/N9GBRqHi4jKSAQ0Hx8C
-----END PRIVATE KEY-----
)";

inline http::reply plain(unsigned status, std::string body) {
    http::reply out;
    out.answer.status = status;
    out.answer.body = std::move(body);
    return out;
}

inline asio::awaitable<http::reply> echo(http::incoming request) {
    co_return plain(200, request.target + "|" + request.body + "|" + request.peer);
}

// A server on its own thread, stopped by cancellation as in the daemon.
struct running_server {
    real_clock clock;
    logger log{clock, log_level::error, log_format::text, [](std::string_view) {}};
    asio::io_context io{1};
    http::server server;
    asio::cancellation_signal cancellation;
    std::thread thread;
    std::promise<void> ended;

    explicit running_server(http::handler handle, http::server_options options = {})
        : server(io.get_executor(), std::move(options), std::move(handle), log) {
        auto finish = [this](std::exception_ptr) { ended.set_value(); };
        asio::co_spawn(io, server.run(), asio::bind_cancellation_slot(cancellation.slot(), finish));
        thread = std::thread([this] { io.run(); });
    }
    ~running_server() {
        if (thread.joinable()) stop();
    }
    void stop() {
        asio::post(io, [this] { cancellation.emit(asio::cancellation_type::terminal); });
        ended.get_future().wait();
        thread.join();
    }
    tcp::endpoint endpoint() const { return {asio::ip::make_address("127.0.0.1"), server.port()}; }
};

template <class Stream>
void say(Stream& stream, std::string_view text) {
    asio::write(stream, asio::buffer(text));
}

// Reads until `wanted` has come or the connection ends.
template <class Stream>
std::string read_until(Stream& stream, std::string_view wanted) {
    std::string all;
    boost::system::error_code error;
    char piece[4096];
    while (!error && all.find(wanted) == std::string::npos) {
        auto got = stream.read_some(asio::buffer(piece), error);
        all.append(piece, got);
    }
    return all;
}

template <class Stream>
std::string hear_all(Stream& stream) {
    return read_until(stream, "\xff never sent \xff");
}

struct client {
    asio::io_context io;
    tcp::socket socket{io};

    explicit client(const running_server& host) { socket.connect(host.endpoint()); }
};

inline fs::path temporary(std::string_view name) {
    auto path = fs::temp_directory_path() /
                ("kustodrop-server-test-" + std::to_string(::getpid()) + "-" + std::string(name));
    fs::remove_all(path);
    return path;
}

}  // namespace kustodrop::test
