#pragma once

#include "base/result.hpp"
#include "base/time.hpp"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace kustodrop::pipeline {

/// Whether what is sent gets through. One request that fails says nothing, nor does one account:
/// there is trouble when an operation ("upload", "post") has failed several times, or the service
/// wants a long pause, for a while and without a success anywhere, and something still waits for
/// that. Pure.
class delivery_health {
public:
    /// A request of the operation has ended. True: it succeeded, and there was trouble before.
    bool note(std::string_view operation, const result<void>& outcome, time_point now);

    /// A source of the watch waits because of a request that failed.
    void waits(const std::string& watch) {
        if (!failing_.empty()) waiting_.insert(watch);
    }

    /// Whether no operation has failed since it last succeeded.
    bool is_clear() const { return failing_.empty(); }

    /// Forgets what failed.
    void forget() {
        failing_.clear();
        waiting_.clear();
    }

    /// The latest failure of an operation that has not succeeded since, however few there were.
    std::optional<failure> last_failure() const;

    /// Why nothing gets through: the last failure of the operation that has failed for longest.
    /// Nothing where none of the watches that wait for it could go on at once, as `could_go_on` has
    /// it: what is tried no longer says nothing about the service.
    std::optional<failure> trouble(
        time_point now, const std::function<bool(const std::string& watch)>& could_go_on
    ) const;

private:
    struct failing {
        unsigned times = 0;
        time_point since{};
        time_point last_at{};
        failure last;
    };
    static bool is_forgotten(const failing& one, time_point now);
    static bool is_trouble(const failing& one, time_point now);
    static failure described(std::string_view operation, const failing& one);

    std::map<std::string, failing, std::less<>> failing_;  // By operation.
    std::set<std::string> waiting_;                        // Watches.
};

}  // namespace kustodrop::pipeline
