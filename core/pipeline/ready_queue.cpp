#include "pipeline/ready_queue.hpp"

#include "async/timed_wait.hpp"

#include <algorithm>

namespace kustodrop::pipeline {

ready_queue::ready_queue(asio::any_io_executor executor, clock& clock, ready_options options)
    : clock_(clock), options_(options), arrived_(executor) {}

std::size_t ready_queue::room(std::string_view watch) const {
    auto found = lanes_.find(watch);
    auto used = found == lanes_.end() ? 0 : found->second.size;
    return options_.capacity - std::min(options_.capacity, used);
}

void ready_queue::put_back(std::string source_id, time_point not_before) {
    auto [at, fresh] = put_back_.emplace(std::move(source_id), not_before);
    if (!fresh) at->second = std::min(at->second, not_before);
}

void ready_queue::push(std::string source_id, time_point not_before) {
    if (served_.contains(source_id)) return put_back(std::move(source_id), not_before);
    auto whose = classify_ ? classify_(source_id) : standing();
    ++lanes_[whose.watch].size;
    ++size_;
    not_due_.emplace(not_before, later{std::move(source_id), std::move(whose)});
    arrived_.notify_all();
}

void ready_queue::wake() {
    auto now = clock_.now();
    std::multimap<time_point, later> woken;
    for (auto& [at, one] : not_due_) woken.emplace(std::min(at, now), std::move(one));
    not_due_ = std::move(woken);
    for (auto& [id, at] : put_back_) at = std::min(at, now);
    arrived_.notify_all();
}

std::map<std::string, time_point> ready_queue::next_attempts() const {
    std::map<std::string, time_point> out;
    for (auto& [at, one] : not_due_) {
        auto lane = lanes_.find(one.whose.watch);
        bool has_due = lane != lanes_.end() && lane->second.has_due();
        if (!has_due) out.try_emplace(one.whose.watch, at);
    }
    return out;
}

void ready_queue::take_in_due() {
    while (!not_due_.empty() && not_due_.begin()->first <= clock_.now()) {
        auto [id, whose] = std::move(not_due_.begin()->second);
        not_due_.erase(not_due_.begin());
        auto& mine = lanes_[whose.watch];
        auto& line = whose.large ? mine.large : mine.small;
        line.push_back({std::move(id), ++number_});
    }
}

std::optional<std::string> ready_queue::next_of(lane& from) {
    bool may_be_large = !from.large.empty() && large_served_.size() < options_.most_large;
    bool is_large = may_be_large &&
                    (from.small.empty() || from.large.front().number < from.small.front().number);
    auto& line = is_large ? from.large : from.small;
    if (line.empty()) return std::nullopt;
    std::optional<std::string> id(std::move(line.front().id));
    line.pop_front();
    if (is_large) large_served_.insert(*id);
    --from.size;
    --size_;
    return id;
}

watch_priority ready_queue::rank_of(const std::string& watch) const {
    return rank_ ? rank_(watch) : watch_priority::normal;
}

priority_turns::flags ready_queue::due_by_priority() const {
    priority_turns::flags out{};
    for (auto& [watch, lane] : lanes_) {
        if (lane.has_due()) out[static_cast<std::size_t>(rank_of(watch))] = true;
    }
    return out;
}

// From the watch after the one of this priority that was served last.
std::optional<std::string> ready_queue::next_in_turn(watch_priority of) {
    auto& last = last_served_[static_cast<std::size_t>(of)];
    auto at = lanes_.upper_bound(last);
    for (std::size_t i = 0; i < lanes_.size(); ++i, ++at) {
        if (at == lanes_.end()) at = lanes_.begin();
        if (!at->second.has_due() || rank_of(at->first) != of) continue;
        auto id = next_of(at->second);
        if (!id) continue;
        last = at->first;
        return id;
    }
    return std::nullopt;
}

std::optional<std::string> ready_queue::next_in_turn() {
    auto due = due_by_priority();
    for (auto one : turns_.next()) {
        if (!due[static_cast<std::size_t>(one)]) continue;
        auto id = next_in_turn(one);
        if (!id) continue;
        turns_.served(one, due);
        return id;
    }
    return std::nullopt;
}

// It may be inside twice: as one that is tried again, and as one that the service asked for.
std::optional<std::string> ready_queue::next() {
    take_in_due();
    while (auto id = next_in_turn()) {
        if (served_.insert(*id).second) return id;
        put_back(std::move(*id), clock_.now());
    }
    return std::nullopt;
}

asio::awaitable<std::optional<std::string>> ready_queue::pop() {
    while (!closed_) {
        if (auto id = next()) co_return id;
        if (not_due_.empty()) {
            co_await arrived_.wait();
        } else {
            auto due = not_due_.begin()->first;
            co_await wait_until(arrived_, clock_, due);
        }
    }
    co_return std::nullopt;
}

void ready_queue::finished(const std::string& source_id) {
    served_.erase(source_id);
    if (large_served_.erase(source_id) > 0) arrived_.notify_all();
    auto again = put_back_.extract(source_id);
    if (again) push(std::move(again.key()), again.mapped());
}

void ready_queue::close() {
    closed_ = true;
    arrived_.notify_all();
}

}  // namespace kustodrop::pipeline
