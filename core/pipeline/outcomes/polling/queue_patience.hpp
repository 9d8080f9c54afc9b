#pragma once

#include "async/clock.hpp"
#include "azure/storage/queue_message.hpp"
#include "azure/storage/storage_place.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace kustodrop::pipeline {

/// How a notification queue is read: with the others, or apart from them because it is slow. An
/// account that does not answer must not keep the outcomes that stand in others.
enum class queue_lane { main, apart };

/// Decides which notification queues are read apart. One that lets a request wait for more than
/// 5 s is; it is asked again after 10 s and then ever more rarely, down to once a minute. It is
/// read with the others again when it has answered in time for as long as its last pause. Pure.
class queue_patience {
public:
    static constexpr duration longest_answer = 5s;

    /// A request to the queue has ended.
    void answered(
        const azure::storage_place& queue,
        const std::optional<failure>& problem,
        duration took,
        time_point now
    );

    /// Whether that lane may ask the queue now.
    bool may_ask(const azure::storage_place& queue, queue_lane lane, time_point now) const;

    /// Whether it is that lane's, but not to be asked yet.
    bool must_wait(const azure::storage_place& queue, queue_lane lane, time_point now) const {
        return lane == queue_lane::apart && !may_ask(queue, queue_lane::main, now) &&
               !may_ask(queue, lane, now);
    }

    /// Whether any queue is read apart.
    bool has_slow_ones() const;

    /// What was wrong with the last answer of a queue that is read apart, if anything.
    std::optional<failure> trouble() const;

    /// Forgets every queue but these: the others are no longer listed.
    void keep_only(const std::vector<azure::storage_place>& listed);

private:
    struct slow {
        bool is_apart = true;
        duration pause{};
        time_point next_at{};
        std::optional<time_point> well_since = {};
        time_point slow_at{};
        std::optional<failure> problem = {};
    };
    std::map<std::string, slow> known_;  // By account and name.
};

/// Awaits what a queue answers to a request, and has `patience` know how that went.
asio::awaitable<result<std::vector<azure::queue_message>>> timed_answer(
    queue_patience& patience,
    const time_source& time,
    azure::storage_place queue,
    asio::awaitable<result<std::vector<azure::queue_message>>> request
);

}  // namespace kustodrop::pipeline
