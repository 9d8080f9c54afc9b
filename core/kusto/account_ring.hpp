#pragma once

#include "azure/storage/storage_place.hpp"
#include "base/random.hpp"
#include "base/time.hpp"

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::kusto {

/// Deals out places in strict rotation, accounts alternating, and keeps away from accounts that
/// are unwell: never one of those while a healthy one exists, except a single probe now and then.
///
/// An account is unwell after 5 failures in a row, or more than half of at least 20 within 30 s.
/// It is probed after 5 to 15 s, then at doubling distances up to 30 s, one request at a time and
/// at most one in 50 requests unless 50 s have passed; one success makes it healthy.
class account_ring {
public:
    explicit account_ring(random_generator& random) : random_(random) {}

    /// Takes another set of places; accounts that stay keep their health.
    void update(std::vector<azure::storage_place> places);

    /// The next place whose SAS may still be used; nothing if there is none. With every account
    /// unwell, the one that has been so the longest without a try.
    std::optional<azure::storage_place> next(time_point now, wall_time wall);

    /// How a request to an account went, as far as it says anything about the account's health.
    /// Accounts that are not here are ignored.
    void report(std::string_view account, bool ok, time_point now);

    /// So many requests are at the account, of so many in all. One that holds more than half of
    /// them, and at least four, is passed over while another one is well: an account that does not
    /// answer must not keep everyone who sends.
    void busy_with(std::string_view account, std::size_t requests, std::size_t of_all);

    bool is_healthy(std::string_view account) const;  ///< False for unknown accounts.
    std::size_t size() const { return places_.size(); }

private:
    struct bucket {
        long slot = 0;  // Which 5 s of time it counts.
        unsigned total = 0;
        unsigned failed = 0;
    };
    struct health {
        unsigned failures_in_a_row = 0;
        std::array<bucket, 6> recent{};
        bool open = false;  // As a circuit: unwell.
        bool crowded = false;
        bool probing = false;
        unsigned probes = 0;
        time_point tried_at{};  // Opened, or last probed.
        time_point probe_at{};
        std::size_t served_meanwhile = 0;  // Requests dealt to others since.
    };

    void open(health& account, time_point now);
    void plan_probe(health& account, time_point now);
    bool may_probe(const health& account, time_point now) const;
    std::optional<std::size_t> find_place(wall_time wall, auto accept);
    std::optional<std::size_t> find_least_used(wall_time wall, auto accept);
    void take_turn(std::size_t place);

    random_generator& random_;
    std::vector<azure::storage_place> places_;  // Interleaved by account.
    std::map<std::string, health, std::less<>> accounts_;
    std::vector<std::uint64_t> turns_;  // By place.
    std::size_t cursor_ = 0;
};

}  // namespace kustodrop::kusto
