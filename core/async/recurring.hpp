#pragma once

#include "base/time.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace kustodrop {

/// Decides how often to report a failure that comes again and again: once when it begins, then at
/// most once an interval with how often it came, once when it has ended. One that ends and comes
/// back within an interval counts as continued, so flickering does not flood the log. Pure.
class recurring {
public:
    enum class turn { begins, goes_on, ended };

    /// What is to be said.
    struct news {
        turn what = turn::begins;
        std::string place;        // Where it fails: an account, a watch.
        std::string kind;         // How it fails: a code.
        std::uint64_t times = 1;  // Since it began.
        duration lasted{};        // Since it began.
    };

    struct options {
        duration interval = 1min;
        std::size_t most = 256;  // Failures tracked; beyond, the least recently reported goes.
    };

    recurring() = default;
    explicit recurring(options how) : options_(how) {}

    /// It failed so, there. What is to be said of that, if anything.
    std::optional<news> failed(const std::string& place, const std::string& kind, time_point now);

    /// It works there: what is to be said of all that failed there before. Costs nothing while
    /// nothing fails.
    std::vector<news> worked(const std::string& place, time_point now);

    /// What is to be said because of the time alone: ends that came too soon after one another.
    std::vector<news> due(time_point now);

private:
    struct trouble {
        time_point began_at;
        time_point said_at;
        std::uint64_t times = 1;
        bool is_over = false;
        bool end_is_said = false;
        time_point over_at{};
        std::optional<time_point> last_end_at = {};
    };
    using key = std::pair<std::string, std::string>;  // Place and kind.

    news say(const key& which, trouble& known, turn what, time_point until) const;
    std::optional<news> end_of(const key& which, trouble& known, time_point now) const;
    void make_room();

    options options_;
    std::map<key, trouble> known_;
};

}  // namespace kustodrop
