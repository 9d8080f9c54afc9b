#pragma once

#include "base/log.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "spool/source/source.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace kustodrop::pipeline {

/// Decides when the sources of a watch wait because storage refuses them in a way that neither
/// waiting nor another account overcomes. That is never the file's fault: after five refusals of
/// an operation, over ten seconds and without a success, all wait, and one is tried now and then.
/// Pure.
class storage_hold {
public:
    /// An attempt at the operation ("upload", "post") was refused. True: the hold begins.
    bool refused(std::string_view operation, std::string_view source_id, time_point now);

    /// The operation succeeded. True: the hold ends.
    bool succeeded(std::string_view operation);

    /// When this source has to come back; nothing: it may be sent now, as what is uploaded may
    /// while uploads are refused. `next`: what is to be done with it.
    std::optional<time_point> wait_until(
        std::string_view next, const std::string& source_id, time_point now
    );

    bool holds() const { return holds_; }

private:
    static constexpr unsigned least_refusals = 5;
    static constexpr duration least_time = std::chrono::seconds(10);
    static constexpr duration first_pause = std::chrono::seconds(15);
    static constexpr duration longest_pause = std::chrono::minutes(5);

    std::string operation_;
    unsigned refusals_ = 0;
    time_point since_{};
    bool holds_ = false;
    duration pause_{};
    time_point next_probe_{};
    std::string probe_;
};

/// The holds of all watches. Logs where one begins and where it ends, and nothing in between.
class storage_holds {
public:
    explicit storage_holds(logger& log) : log_(log) {}

    /// An attempt on this source ended with an answer that was not foreseen.
    void refused(const spool::source& what, const failure& problem, time_point now);

    void succeeded(const std::string& watch, std::string_view operation);

    /// When this source has to come back; nothing: it may be sent now.
    std::optional<time_point> wait_until(const spool::source& what, time_point now);

    /// Why the watch is held, if it is: the last refusal.
    std::optional<failure> reason(const std::string& watch) const;

private:
    struct held {
        storage_hold hold = {};
        failure because = {};  // The last refusal.
    };
    logger& log_;
    std::unordered_map<std::string, held> holds_;  // By watch.
};

}  // namespace kustodrop::pipeline
