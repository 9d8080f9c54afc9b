#pragma once

#include "async/clock.hpp"
#include "async/event.hpp"
#include "pipeline/watch/priority_turns.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>

namespace kustodrop::pipeline {

struct ready_options {
    std::size_t capacity = 1024;        // Of each watch.
    std::size_t most_large = SIZE_MAX;  // So many large sources are served at one time.
};

/// The sources that wait for a shipper: in a line of their own for each cluster, so that one that
/// does not answer holds up none of another. In a line they wait by the time they may be tried at.
/// Watches of a higher priority come first (priority_turns), those of the same priority take turns,
/// within a watch it is first come first served; large sources never take all shippers, so that
/// small ones pass them. Intake respects room(); a source that is already claimed is always taken
/// back, and those are bounded by the watches' max_pending. No source is served to two shippers at
/// a time: what is put in line while one has it waits until that one is done.
class ready_queue {
public:
    ready_queue(asio::any_io_executor executor, clock& clock, ready_options options);

    /// The watch whose turn a source takes, whether it is large, and its line.
    struct standing {
        std::string watch;
        bool large = false;
        std::size_t line = 0;
    };
    void set_classifier(std::function<standing(const std::string& source_id)> classify) {
        classify_ = std::move(classify);
    }

    /// The priority of a watch now; all are normal without it.
    void set_ranker(std::function<watch_priority(const std::string& watch)> rank) {
        rank_ = std::move(rank);
    }

    std::size_t size() const { return size_; }
    std::size_t room(std::string_view watch) const;

    /// Puts a source in line for `not_before`.
    void push(std::string source_id, time_point not_before);

    /// What waited in a line for an outage to end is due now, in the order in which it would have
    /// been.
    void wake(std::size_t line = 0);

    /// The lines of what waits are chosen again. What changes to another one is due now.
    void sort_again();

    /// When the next source of each watch is tried, of watches of which none is due.
    std::map<std::string, time_point> next_attempts() const;

    /// The next source of a line that is due; waits for one. Nothing once the queue is closed.
    asio::awaitable<std::optional<std::string>> pop(std::size_t line);
    asio::awaitable<std::optional<std::string>> pop() { return pop(0); }

    /// How many of a line were popped whose callers are not done with them.
    std::size_t served(std::size_t line = 0) const;

    /// The caller that popped it is done with it.
    void finished(const std::string& source_id);

    bool is_closed() const { return closed_; }

    /// Ends it: what is inside stays on disk and in the journal.
    void close();

private:
    struct waiting {
        std::string id;
        std::uint64_t number = 0;  // Of its coming due.
    };
    struct lane {
        std::deque<waiting> small = {};
        std::deque<waiting> large = {};
        bool has_due() const { return !small.empty() || !large.empty(); }
    };
    struct later {
        std::string id;
        standing whose;
    };
    struct line {
        priority_turns turns = {};
        std::map<std::string, lane, std::less<>> lanes = {};   // Of what is due, by watch.
        std::array<std::string, priorities> last_served = {};  // The watch, by priority.
        std::set<std::string> large_served = {};
    };
    void take_in_due();
    void sort_again(std::size_t line, const std::string& watch, bool is_large);
    bool has_due(const std::string& watch) const;
    std::optional<std::string> next_of(line& mine, const std::string& watch, lane& from);
    watch_priority rank_of(const std::string& watch) const;
    priority_turns::flags due_by_priority(const line& mine) const;
    std::optional<std::string> next_in_turn(line& mine, watch_priority of);
    std::optional<std::string> next_in_turn(line& mine);
    std::optional<std::string> next(std::size_t line);
    void put_back(std::string source_id, time_point not_before);

    clock& clock_;
    ready_options options_;
    std::function<standing(const std::string&)> classify_;
    std::function<watch_priority(const std::string&)> rank_;
    std::multimap<time_point, later> not_due_;
    std::map<std::size_t, line> lines_;
    std::map<std::string, std::size_t, std::less<>> sizes_;  // By watch: due or not.
    std::unordered_map<std::string, std::size_t> served_;    // To a shipper of which line.
    std::unordered_map<std::string, time_point> put_back_;   // While served: when it may be again.
    std::size_t size_ = 0;
    std::uint64_t number_ = 0;
    bool closed_ = false;
    event arrived_;
};

}  // namespace kustodrop::pipeline
