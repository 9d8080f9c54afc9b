#pragma once

#include "async/clock.hpp"
#include "async/event.hpp"
#include "base/result.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/thread_pool.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kustodrop::http {

/// Names to addresses. At most one lookup a name at a time, awaited with a deadline although the
/// lookup itself cannot be interrupted; a slow name does not hold up the others. What is known is
/// used at once and renewed meanwhile; the last good answer serves for up to an hour while the name
/// service is out, and a failure is believed for 5 s (docs/traps.md §6).
class address_book {
public:
    address_book(asio::any_io_executor executor, clock& clock)
        : executor_(executor), clock_(clock) {}

    /// Waits for lookups that are running.
    ~address_book();
    address_book(const address_book&) = delete;

    /// The addresses, the one that worked last first. Failure "dns_failed".
    asio::awaitable<result<std::vector<asio::ip::address>>> find(std::string host, duration limit);

    /// Says that a connection to this address came about.
    void worked(const std::string& host, const asio::ip::address& address);

private:
    struct entry {
        explicit entry(asio::any_io_executor executor) : changed(std::move(executor)) {}
        bool running = false;
        std::vector<asio::ip::address> addresses;
        std::optional<asio::ip::address> last_good;
        std::optional<time_point> answered_at;
        std::optional<time_point> failed_at;
        std::string problem;
        event changed;
    };

    bool is_due(const entry& known) const;
    bool is_usable(const entry& known) const;
    void begin(std::string host, std::shared_ptr<entry> known);
    void forget_old();
    result<std::vector<asio::ip::address>> answer(const std::string& host, const entry& known);

    asio::any_io_executor executor_;
    clock& clock_;
    std::map<std::string, std::shared_ptr<entry>> entries_;
    std::unique_ptr<asio::thread_pool> lookups_;  // Made for the first name.
};

}  // namespace kustodrop::http
