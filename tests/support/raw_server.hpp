#pragma once

#include "async/awaitable.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <sys/socket.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace kustodrop::test {

namespace asio = boost::asio;

/// A peer that behaves as badly as the test wants: blocking sockets, a thread a connection.
class raw_server {
public:
    using socket = asio::ip::tcp::socket;
    using behaviour = std::function<void(socket&, int number)>;

    explicit raw_server(behaviour behave)
        : acceptor_(io_, {asio::ip::address_v4::loopback(), 0}), behave_(std::move(behave)) {
        port_ = acceptor_.local_endpoint().port();
        accepting_ = std::thread([this] { accept(); });
    }
    ~raw_server() {
        stopping_ = true;
        boost::system::error_code ignored;
        socket wake(io_);
        wake.connect({asio::ip::address_v4::loopback(), port_}, ignored);
        accepting_.join();
        // A thread that waits for a client which stays connected need not wait any longer.
        for (auto& one : clients_) {
            if (one->is_open()) ::shutdown(one->native_handle(), SHUT_RDWR);
        }
        for (auto& one : serving_) one.join();
    }

    std::uint16_t port() const { return port_; }
    int connections() const { return connections_; }

    /// Head and body of the next request; empty when the client has hung up.
    static std::string read_request(socket& from) {
        std::string text;
        while (text.find("\r\n\r\n") == std::string::npos) {
            if (!read_more(from, text, 1)) return {};
        }
        auto head = text.find("\r\n\r\n") + 4;
        auto at = text.find("Content-Length: ");
        auto length = at < head ? std::stoul(text.substr(at + 16)) : 0;
        while (text.size() < head + length) {
            if (!read_more(from, text, head + length - text.size())) return {};
        }
        return text;
    }

    static void say(socket& to, std::string_view text) {
        boost::system::error_code ignored;
        asio::write(to, asio::buffer(text), ignored);
    }

    /// Waits until the client hangs up.
    static void wait_for_end(socket& from) {
        std::string rest;
        while (read_more(from, rest, 1 << 16)) rest.clear();
    }

    static void reset(socket& one) {
        one.set_option(asio::socket_base::linger(true, 0));
        one.close();
    }

private:
    static bool read_more(socket& from, std::string& text, std::size_t most) {
        std::vector<char> piece(most);
        boost::system::error_code error;
        auto count = from.read_some(asio::buffer(piece), error);
        text.append(piece.data(), count);
        return !error;
    }

    void accept() {
        for (;;) {
            auto client = std::make_shared<socket>(acceptor_.accept());
            if (stopping_) return;
            int number = ++connections_;
            clients_.push_back(client);
            serving_.emplace_back([this, client, number] {
                behave_(*client, number);
                boost::system::error_code ignored;
                client->close(ignored);
            });
        }
    }

    asio::io_context io_;
    asio::ip::tcp::acceptor acceptor_;
    behaviour behave_;
    std::uint16_t port_ = 0;
    std::atomic<int> connections_ = 0;
    std::atomic<bool> stopping_ = false;
    std::thread accepting_;
    std::vector<std::shared_ptr<socket>> clients_;
    std::vector<std::thread> serving_;
};

}  // namespace kustodrop::test
