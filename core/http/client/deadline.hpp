#pragma once

#include "async/clock.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <memory>

namespace kustodrop::http {

/// Closes a socket whose operation takes too long.
class deadline {
public:
    explicit deadline(asio::ip::tcp::socket& socket)
        : watch_(std::make_shared<watch>(watch{&socket})), timer_(socket.get_executor()) {}
    ~deadline() { watch_->socket = nullptr; }
    deadline(const deadline&) = delete;

    void begin(duration limit) {
        auto turn = ++watch_->turn;
        timer_.expires_after(limit);
        // It may be on its way although the timer has been destroyed or armed again.
        timer_.async_wait([watch = watch_, turn](boost::system::error_code error) {
            if (error || !watch->socket || watch->turn != turn) return;
            watch->expired = true;
            watch->socket->close(error);
        });
    }

    /// What the operation's error means.
    boost::system::error_code end(boost::system::error_code error) {
        ++watch_->turn;
        timer_.cancel();
        if (watch_->expired) return asio::error::timed_out;
        return error;
    }

private:
    struct watch {
        asio::ip::tcp::socket* socket = nullptr;
        unsigned turn = 0;
        bool expired = false;
    };
    std::shared_ptr<watch> watch_;
    asio::steady_timer timer_;
};

}  // namespace kustodrop::http
