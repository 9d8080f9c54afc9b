#pragma once

#include "async/awaitable.hpp"
#include "http/client/beast_transport.hpp"
#include "support/raw_server.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <optional>
#include <string>

namespace kustodrop::test {

inline constexpr auto small_ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

// A transport and its loop on this thread; peers live on their own.
struct network {
    network() { options.connect_timeout = 5s; }

    http::beast_transport& transport() {
        if (!transport_) transport_.emplace(io.get_executor(), options, clock, measured);
        return *transport_;
    }

    template <class T>
    T run(asio::awaitable<T> work) {
        std::optional<T> out;
        std::exception_ptr thrown;
        asio::co_spawn(io, std::move(work), [&](std::exception_ptr error, T value) {
            thrown = error;
            if (!error) out.emplace(std::move(value));
        });
        io.restart();
        while (!out && !thrown) io.run_one();
        if (thrown) std::rethrow_exception(thrown);
        return std::move(*out);
    }

    result<http::response> send(http::request request) {
        return run(transport().send(std::move(request)));
    }

    static http::url at(std::uint16_t port, const std::string& path = "/") {
        return *http::url::parse("http://127.0.0.1:" + std::to_string(port) + path);
    }

    static http::request get(std::uint16_t port, const std::string& path = "/") {
        http::request out;
        out.target = at(port, path);
        out.service = "test";
        out.operation = "get";
        return out;
    }

    static http::request post(std::uint16_t port, std::string body) {
        auto out = get(port);
        out.method = http::verb::post;
        out.body = std::move(body);
        out.idempotent = false;
        return out;
    }

    real_clock clock;
    metrics measured;
    http::transport_options options;
    asio::io_context io{1};
    std::optional<http::beast_transport> transport_;
};

// Answers every request alike, for as long as the client stays.
inline raw_server::behaviour always(std::string answer) {
    return [answer](raw_server::socket& client, int) {
        while (!raw_server::read_request(client).empty()) raw_server::say(client, answer);
    };
}

inline raw_server::behaviour once(std::string answer) {
    return [answer](raw_server::socket& client, int) {
        raw_server::read_request(client);
        raw_server::say(client, answer);
    };
}

}  // namespace kustodrop::test
