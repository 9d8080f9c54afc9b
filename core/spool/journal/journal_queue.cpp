#include "spool/journal/journal_queue.hpp"

#include <algorithm>
#include <utility>

namespace kustodrop::spool {

static constexpr std::uint64_t longest_wait = 16;  // Groups.

// A kept file and its being forgotten are two states of one thing.
static std::string key_of(const journal_change& change, std::uint64_t number) {
    if (auto* source = std::get_if<source_change>(&change)) return "s" + source->source.id;
    if (auto* kept = std::get_if<kept_change>(&change)) {
        return "k" + kept->file.watch + "/" + kept->file.name;
    }
    if (auto* regrouped = std::get_if<regrouped_change>(&change)) {
        return "g" + regrouped->sources.front().source.id;
    }
    // Not a state that a later one replaces: what is recorded in between depends on the order.
    if (std::holds_alternative<renamed_change>(change)) return "r" + std::to_string(number);
    if (auto* folder = std::get_if<folder_change>(&change)) return "f" + folder->folder.watch;
    if (auto* cut = std::get_if<cut_change>(&change)) return "c" + cut->source.source.id;
    // Never in the place of an earlier one: a position must not become durable before its cut.
    if (std::holds_alternative<logs_change>(change)) return "l" + std::to_string(number);
    auto& forgotten = std::get<forgotten_change>(change);
    return "k" + forgotten.watch + "/" + forgotten.name;
}

void journal_queue::enqueue(numbered one) {
    auto [place, fresh] = place_.try_emplace(one.key, taken_ + waiting_.size());
    if (fresh) {
        waiting_.push_back(std::move(one));
    } else {
        waiting_[place->second - taken_].change = std::move(one.change);
    }
}

// Where it stands in the line already, nothing is gained. That a post was taken back is something
// that a restart must know.
bool journal_queue::can_wait(const std::string& key, const journal_change& change) const {
    auto* of = std::get_if<source_change>(&change);
    if (!of || of->source.last_post_at != wall_time{} || place_.contains(key)) return false;
    return std::holds_alternative<stage::uploaded>(of->source.stage);
}

void journal_queue::add(journal_change change) {
    // Whatever else it is about, it comes after what was recorded before it.
    if (!std::holds_alternative<source_change>(change)) enqueue_idle(groups_);
    auto key = key_of(change, last_number_ + 1);
    bool waits = can_wait(key, change);
    auto shared = std::make_shared<const journal_change>(std::move(change));
    if (waits) {
        idle_[std::move(key)] = {groups_, std::move(shared)};
        return;
    }
    idle_.erase(key);
    enqueue({std::move(key), ++last_number_, std::move(shared)});
}

void journal_queue::enqueue_idle(std::uint64_t since) {
    for (auto one = idle_.begin(); one != idle_.end();) {
        if (one->second.since > since) {
            ++one;
            continue;
        }
        enqueue({one->first, ++last_number_, std::move(one->second.change)});
        one = idle_.erase(one);
    }
}

journal_group journal_queue::take_group(std::size_t limit) {
    group_is_not_safe();
    if (waiting_.empty()) enqueue_idle(groups_);
    if (++groups_ > longest_wait) enqueue_idle(groups_ - longest_wait - 1);
    journal_group changes;
    changes.reserve(std::min(limit, waiting_.size()));
    while (!waiting_.empty() && changes.size() < limit) {
        place_.erase(waiting_.front().key);
        changes.push_back(waiting_.front().change);
        group_.push_back(std::move(waiting_.front()));
        waiting_.pop_front();
        ++taken_;
    }
    return changes;
}

void journal_queue::group_is_safe() { group_.clear(); }

void journal_queue::group_is_not_safe() {
    if (group_.empty()) return;
    auto later = std::exchange(waiting_, {});
    place_.clear();
    for (auto& one : std::exchange(group_, {})) enqueue(std::move(one));
    for (auto& one : later) enqueue(std::move(one));
}

std::uint64_t journal_queue::safe_number() const {
    if (!group_.empty()) return group_.front().number - 1;
    if (!waiting_.empty()) return waiting_.front().number - 1;
    return last_number_;
}

}  // namespace kustodrop::spool
