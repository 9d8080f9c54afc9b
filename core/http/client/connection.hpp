#pragma once

#include "async/clock.hpp"
#include "async/timed_wait.hpp"
#include "http/client/pace.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/system/error_code.hpp>

#include <algorithm>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace kustodrop::http {

/// How far a read or write came.
struct io_count {
    boost::system::error_code error;
    std::size_t bytes = 0;
};

/// An open connection, plain or TLS. Its end closes it. The buffers are the caller's. What was
/// written earlier and is acknowledged meanwhile counts as progress of the next read or write.
class connection {
public:
    virtual ~connection() = default;
    virtual asio::awaitable<io_count> read_some(asio::mutable_buffer into, io_limits limits) = 0;
    virtual asio::awaitable<io_count> write_some(asio::const_buffer from, io_limits limits) = 0;

    /// For one at rest: the peer has neither closed it nor sent anything.
    virtual bool is_quiet() = 0;
};

/// The connections at rest, and how many there are in all, per origin.
class connection_pool {
public:
    connection_pool(
        asio::any_io_executor executor, clock& clock, std::size_t per_origin, duration idle_timeout
    )
        : executor_(std::move(executor)),
          clock_(clock),
          per_origin_(per_origin),
          idle_timeout_(idle_timeout) {}

    class lease;

    /// Room for one connection to the origin, with one in it that has been at rest for less than
    /// `longest_rest`, if there is one. Waits while there are too many. Without room at `deadline`,
    /// an empty lease.
    asio::awaitable<std::unique_ptr<lease>> acquire(
        std::string origin, duration longest_rest, time_point deadline
    );

    void close_idle() {
        for (auto& [name, origin] : origins_) origin->idle.clear();
    }

private:
    struct resting {
        std::unique_ptr<connection> line;
        time_point since{};
    };
    struct origin {
        explicit origin(asio::any_io_executor executor) : freed(std::move(executor)) {}
        std::vector<resting> idle;
        std::size_t leased = 0;
        event freed;
    };

    std::unique_ptr<connection> take(origin& from, duration longest_rest);
    void sweep();

    asio::any_io_executor executor_;
    clock& clock_;
    std::size_t per_origin_;
    duration idle_timeout_;
    std::map<std::string, std::shared_ptr<origin>> origins_;
    time_point swept_at_{};
};

/// A place in the pool for as long as a request lasts. A connection left in it when it goes is
/// closed, unless keep() was called.
class connection_pool::lease {
public:
    lease(clock& clock, std::shared_ptr<origin> from) : clock_(clock), from_(std::move(from)) {
        ++from_->leased;
    }
    ~lease() {
        --from_->leased;
        from_->freed.notify_all();
    }
    lease(const lease&) = delete;

    void keep() { from_->idle.push_back({std::move(line), clock_.now()}); }

    std::unique_ptr<connection> line;

private:
    clock& clock_;
    std::shared_ptr<origin> from_;
};

}  // namespace kustodrop::http
