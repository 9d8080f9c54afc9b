#pragma once

#include "async/clock.hpp"
#include "http/client/pace.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <linux/sockios.h>
#include <sys/ioctl.h>

#include <memory>
#include <utility>

namespace kustodrop::http {

/// Closes a socket whose operation takes too long. Of what was written before, the kernel may hold
/// megabytes: while the peer acknowledges some of them the operation is not late, however long its
/// own turn does not come. On a slow line that is most of the time that an upload takes.
class deadline {
public:
    explicit deadline(asio::ip::tcp::socket& socket) : watch_(std::make_shared<watch>(socket)) {}
    ~deadline() { watch_->socket = nullptr; }
    deadline(const deadline&) = delete;

    void begin(io_limits limits) {
        watch_->limits = limits;
        watch_->waited = duration::zero();
        watch_->unacknowledged = unacknowledged_bytes(*watch_->socket);
        wait(watch_, limits.rest);
    }

    /// What the operation's error means.
    boost::system::error_code end(boost::system::error_code error) {
        ++watch_->turn;
        watch_->timer.cancel();
        if (watch_->expired) return asio::error::timed_out;
        return error;
    }

private:
    struct watch {
        explicit watch(asio::ip::tcp::socket& socket)
            : socket(&socket), timer(socket.get_executor()) {}

        asio::ip::tcp::socket* socket;
        asio::steady_timer timer;
        io_limits limits = {};
        duration waited = {};
        int unacknowledged = 0;
        unsigned turn = 0;
        bool expired = false;
    };

    static int unacknowledged_bytes(asio::ip::tcp::socket& socket) {
        int out = 0;
        return ::ioctl(socket.native_handle(), SIOCOUTQ, &out) == 0 ? out : 0;
    }

    static void wait(const std::shared_ptr<watch>& of, duration span) {
        auto turn = ++of->turn;
        of->timer.expires_after(span);
        // It may be on its way although the socket has been destroyed or the wait ended.
        of->timer.async_wait([of, turn, span](boost::system::error_code error) {
            if (error || !of->socket || of->turn != turn) return;
            of->waited += span;
            auto before = std::exchange(of->unacknowledged, unacknowledged_bytes(*of->socket));
            auto more = further_patience(of->limits, of->waited, of->unacknowledged < before);
            if (more > duration::zero()) return wait(of, more);
            of->expired = true;
            of->socket->close(error);
        });
    }

    std::shared_ptr<watch> watch_;
};

}  // namespace kustodrop::http
