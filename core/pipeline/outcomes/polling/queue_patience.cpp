#include "pipeline/outcomes/polling/queue_patience.hpp"

#include "azure/storage/sas_rights.hpp"

#include <algorithm>

namespace kustodrop::pipeline {

static constexpr duration first_look_after = 10s;
static constexpr duration rarest_look = 1min;
// One that is slow again before that is taken to flicker, and its pauses go on growing.
static constexpr duration remembered_for = 10min;

void queue_patience::answered(
    const azure::storage_place& queue,
    const std::optional<failure>& problem,
    duration took,
    time_point now
) {
    bool is_slow = took > longest_answer || (problem && problem->code == errc::timeout);
    auto key = azure::key_of(queue);
    auto known = known_.find(key);
    if (!is_slow && known == known_.end()) return;
    if (is_slow) {
        auto& one = known_[key];
        one.pause = std::clamp<duration>(one.pause * 2, first_look_after, rarest_look);
        one.is_apart = true;
        one.slow_at = now;
        one.next_at = now + one.pause;
        one.well_since.reset();
        one.problem = problem;
        return;
    }
    auto& one = known->second;
    one.problem = problem;
    if (!one.is_apart) {
        if (now - one.slow_at >= remembered_for) known_.erase(known);
        return;
    }
    if (!one.well_since) one.well_since = now;
    one.is_apart = now - *one.well_since < one.pause;
}

bool queue_patience::may_ask(const azure::storage_place& queue, queue_lane lane, time_point now)
    const {
    auto known = known_.find(azure::key_of(queue));
    bool is_apart = known != known_.end() && known->second.is_apart;
    if (lane == queue_lane::main) return !is_apart;
    return is_apart && now >= known->second.next_at;
}

bool queue_patience::has_slow_ones() const {
    return std::ranges::any_of(known_, [](auto& one) { return one.second.is_apart; });
}

std::optional<failure> queue_patience::trouble() const {
    for (auto& [key, one] : known_) {
        if (one.is_apart && one.problem) return one.problem;
    }
    return std::nullopt;
}

asio::awaitable<result<std::vector<azure::queue_message>>> timed_answer(
    queue_patience& patience,
    const time_source& time,
    azure::storage_place queue,
    asio::awaitable<result<std::vector<azure::queue_message>>> request
) {
    auto asked = time.now();
    auto answer = co_await std::move(request);
    std::optional<failure> problem;
    if (answer.has_error()) problem = answer.error();
    auto now = time.now();
    patience.answered(queue, problem, now - asked, now);
    co_return answer;
}

void queue_patience::keep_only(const std::vector<azure::storage_place>& listed) {
    std::erase_if(known_, [&](auto& one) {
        return std::ranges::none_of(listed, [&](auto& place) {
            return azure::key_of(place) == one.first;
        });
    });
}

}  // namespace kustodrop::pipeline
