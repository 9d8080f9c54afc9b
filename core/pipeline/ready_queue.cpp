#include "pipeline/ready_queue.hpp"

#include "async/timed_wait.hpp"

#include <algorithm>
#include <utility>

namespace kustodrop::pipeline {

ready_queue::ready_queue(asio::any_io_executor executor, clock& clock, ready_options options)
    : clock_(clock), options_(options), arrived_(executor) {}

std::size_t ready_queue::room(std::string_view watch) const {
    auto found = sizes_.find(watch);
    auto used = found == sizes_.end() ? 0 : found->second;
    return options_.capacity - std::min(options_.capacity, used);
}

void ready_queue::put_back(std::string source_id, time_point not_before) {
    auto [at, fresh] = put_back_.emplace(std::move(source_id), not_before);
    if (!fresh) at->second = std::min(at->second, not_before);
}

void ready_queue::push(std::string source_id, time_point not_before) {
    if (served_.contains(source_id)) return put_back(std::move(source_id), not_before);
    auto whose = classify_ ? classify_(source_id) : standing();
    ++sizes_[whose.watch];
    ++size_;
    not_due_.emplace(not_before, later{std::move(source_id), std::move(whose)});
    arrived_.notify_all();
}

void ready_queue::wake(std::size_t line) {
    auto now = clock_.now();
    std::multimap<time_point, later> woken;
    for (auto& [at, one] : not_due_) {
        auto due = one.whose.line == line ? std::min(at, now) : at;
        woken.emplace(due, std::move(one));
    }
    not_due_ = std::move(woken);
    for (auto& [id, at] : put_back_) {
        auto served = served_.find(id);
        if (served != served_.end() && served->second == line) at = std::min(at, now);
    }
    arrived_.notify_all();
}

void ready_queue::sort_again(std::size_t line, const std::string& watch, bool is_large) {
    auto of = [&](std::size_t which) -> auto& {
        auto& lane = lines_[which].lanes[watch];
        return is_large ? lane.large : lane.small;
    };
    std::deque<waiting> stay;
    for (auto& one : std::exchange(of(line), {})) {
        auto now = classify_(one.id).line;
        (now == line ? stay : of(now)).push_back(std::move(one));
    }
    auto& mine = of(line);
    mine.insert(mine.begin(), stay.begin(), stay.end());
}

void ready_queue::sort_again() {
    if (!classify_) return;
    take_in_due();
    std::multimap<time_point, later> sorted;
    for (auto& [at, one] : not_due_) {
        auto before = std::exchange(one.whose.line, classify_(one.id).line);
        auto due = one.whose.line == before ? at : std::min(at, clock_.now());
        sorted.emplace(due, std::move(one));
    }
    not_due_ = std::move(sorted);
    std::set<std::pair<std::size_t, std::string>> lanes;
    for (auto& [number, one] : lines_) {
        for (auto& [watch, lane] : one.lanes) lanes.emplace(number, watch);
    }
    for (auto& [line, watch] : lanes) {
        for (bool is_large : {false, true}) sort_again(line, watch, is_large);
    }
    arrived_.notify_all();
}

bool ready_queue::has_due(const std::string& watch) const {
    return std::ranges::any_of(lines_, [&](auto& one) {
        auto lane = one.second.lanes.find(watch);
        return lane != one.second.lanes.end() && lane->second.has_due();
    });
}

std::map<std::string, time_point> ready_queue::next_attempts() const {
    std::map<std::string, time_point> out;
    for (auto& [at, one] : not_due_) {
        if (!has_due(one.whose.watch)) out.try_emplace(one.whose.watch, at);
    }
    return out;
}

std::size_t ready_queue::served(std::size_t line) const {
    if (lines_.size() < 2) return served_.size();
    auto is_of_line = [&](auto& one) { return one.second == line; };
    return static_cast<std::size_t>(std::ranges::count_if(served_, is_of_line));
}

void ready_queue::take_in_due() {
    while (!not_due_.empty() && not_due_.begin()->first <= clock_.now()) {
        auto [id, whose] = std::move(not_due_.begin()->second);
        not_due_.erase(not_due_.begin());
        auto& mine = lines_[whose.line].lanes[whose.watch];
        auto& line = whose.large ? mine.large : mine.small;
        line.push_back({std::move(id), ++number_});
    }
}

std::optional<std::string> ready_queue::next_of(line& mine, const std::string& watch, lane& from) {
    bool may_be_large = !from.large.empty() && mine.large_served.size() < options_.most_large;
    bool is_large = may_be_large &&
                    (from.small.empty() || from.large.front().number < from.small.front().number);
    auto& all = is_large ? from.large : from.small;
    if (all.empty()) return std::nullopt;
    std::optional<std::string> id(std::move(all.front().id));
    all.pop_front();
    if (is_large) mine.large_served.insert(*id);
    --sizes_[watch];
    --size_;
    return id;
}

watch_priority ready_queue::rank_of(const std::string& watch) const {
    return rank_ ? rank_(watch) : watch_priority::normal;
}

priority_turns::flags ready_queue::due_by_priority(const line& mine) const {
    priority_turns::flags out{};
    for (auto& [watch, lane] : mine.lanes) {
        if (lane.has_due()) out[static_cast<std::size_t>(rank_of(watch))] = true;
    }
    return out;
}

// From the watch after the one of this priority that was served last.
std::optional<std::string> ready_queue::next_in_turn(line& mine, watch_priority of) {
    auto& lanes = mine.lanes;
    auto& last = mine.last_served[static_cast<std::size_t>(of)];
    auto at = lanes.upper_bound(last);
    for (std::size_t i = 0; i < lanes.size(); ++i, ++at) {
        if (at == lanes.end()) at = lanes.begin();
        if (!at->second.has_due() || rank_of(at->first) != of) continue;
        auto id = next_of(mine, at->first, at->second);
        if (!id) continue;
        last = at->first;
        return id;
    }
    return std::nullopt;
}

std::optional<std::string> ready_queue::next_in_turn(line& mine) {
    auto due = due_by_priority(mine);
    for (auto one : mine.turns.next()) {
        if (!due[static_cast<std::size_t>(one)]) continue;
        auto id = next_in_turn(mine, one);
        if (!id) continue;
        mine.turns.served(one, due);
        return id;
    }
    return std::nullopt;
}

// It may be inside twice: as one that is tried again, and as one that the service asked for.
std::optional<std::string> ready_queue::next(std::size_t line) {
    take_in_due();
    while (auto id = next_in_turn(lines_[line])) {
        if (served_.emplace(*id, line).second) return id;
        put_back(std::move(*id), clock_.now());
    }
    return std::nullopt;
}

asio::awaitable<std::optional<std::string>> ready_queue::pop(std::size_t line) {
    while (!closed_) {
        if (auto id = next(line)) co_return id;
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
    auto served = served_.extract(source_id);
    if (served && lines_[served.mapped()].large_served.erase(source_id) > 0) {
        arrived_.notify_all();
    }
    auto again = put_back_.extract(source_id);
    if (again) push(std::move(again.key()), again.mapped());
}

void ready_queue::close() {
    closed_ = true;
    arrived_.notify_all();
}

}  // namespace kustodrop::pipeline
