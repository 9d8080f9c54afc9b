#pragma once

#include "async/event.hpp"

namespace kustodrop::daemon {

/// How often the daemon was asked to stop: the first request drains, the second ends the wait.
class stop_requests {
public:
    explicit stop_requests(asio::any_io_executor executor) : added_(std::move(executor)) {}

    void add() {
        ++count_;
        added_.notify_all();
    }
    bool any() const { return count_ > 0; }
    bool more_than_one() const { return count_ > 1; }

    /// Notified by every request.
    event& added() { return added_; }

private:
    unsigned count_ = 0;
    event added_;
};

}  // namespace kustodrop::daemon
