#pragma once

#include "base/random.hpp"
#include "simulation/virtual_clock.hpp"

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::simulation {

/// Random numbers from a seed.
class dice {
public:
    explicit dice(std::uint64_t seed) : random_(seed) {}

    bool chance(double share) { return static_cast<double>(random_() >> 11u) * 0x1p-53 < share; }
    std::uint64_t below(std::uint64_t end) { return random_() % end; }
    std::uint64_t between(std::uint64_t least, std::uint64_t most) {
        return least + below(most - least + 1);
    }
    duration between(duration least, duration most) {
        auto span = static_cast<std::uint64_t>((most - least).count());
        return least + duration(static_cast<duration::rep>(below(span + 1)));
    }
    std::uint64_t seed() { return random_(); }
    random_generator& generator() { return random_; }

private:
    random_generator random_;
};

/// What will happen in the world outside the daemon, by its time.
class agenda {
public:
    void at(time_point when, std::function<void()> what) {
        planned_.emplace(when, std::move(what));
    }
    std::optional<time_point> next() const {
        if (planned_.empty()) return std::nullopt;
        return planned_.begin()->first;
    }
    void run_due(time_point now) {
        while (!planned_.empty() && planned_.begin()->first <= now) {
            auto what = std::move(planned_.begin()->second);
            planned_.erase(planned_.begin());
            what();
        }
    }

private:
    std::multimap<time_point, std::function<void()>> planned_;
};

/// Everything that happened, as a hash and its last lines.
class trace {
public:
    void note(duration since_start, std::string_view line);
    std::uint64_t hash() const { return hash_; }
    std::uint64_t lines() const { return lines_; }
    const std::deque<std::string>& last_lines() const { return last_; }
    void print_all() { print_ = true; }
    void keep_all() { kept_ = SIZE_MAX; }

private:
    std::size_t kept_ = 100;
    void mix(std::string_view bytes);

    std::uint64_t hash_ = 0xcbf29ce484222325u;
    std::uint64_t lines_ = 0;
    std::deque<std::string> last_;
    bool print_ = false;
};

/// What can go wrong. Each seed draws which of them do.
enum class fault {
    refused,                // No connection.
    reset_before,           // The connection breaks before the service acts,
    reset_after,            // or after it.
    stall,                  // No answer until the deadline; the service may have acted.
    throttled,              // 503 ServerBusy or 429, with Retry-After.
    server_error,           // 500, before or after it acted.
    token_refused,          // 401 to a token that is good.
    outage,                 // A storage account is down for minutes.
    short_sas,              // SAS that live for minutes.
    rotation,               // Containers and queues go away, others come.
    skewed_date,            // The service's clock is minutes off.
    calendar_jump,          // Ours jumps.
    foreign_notifications,  // Notifications of other clients.
    double_notification,    // A notification comes twice.
    lost_notification,      // It never comes.
    stolen_notification,    // Another client takes it and gives it back later.
    transient_failure,      // The service fails, says so, and tries again by itself.
    asked_again,            // The service fails and asks for another post or upload.
    early_cleaning,         // The service deletes a blob as soon as it is ingested.
    folder_away,            // The drop folder is renamed away for a while.
    crash,                  // The process ends between two steps.
    restart,                // The daemon is stopped and started.
    journal_lost,           // It crashes and the journal is lost.
    journal_cut,            // It crashes and the journal is cut somewhere.
    odd_answer,             // Storage refuses with an answer that was not foreseen.
    odd_spell,              // It does so for minutes, whatever is asked.
    identity_refused,       // The service refuses the identity token of a post.
    late_folder,            // The drop folder is not there when the daemon starts.
    renamed_watch,          // The watch has another name after a restart.
    rewriting,              // A writer truncates a file that it has open, and writes it again.
    preference,             // The service prefers another transport from now on.
    forgotten_operation,    // The service forgets the operations that were begun by REST.
    // Of seeds that stream:
    streaming_off,        // The cluster does not stream for a while, or the table, or not for us.
    streaming_throttled,  // 429 to a request with rows, with Retry-After or without.
    streaming_limit,      // The service takes less in one request than clients think.
    streaming_odd,        // An answer that does not say what became of the rows.
    // Of seeds with logs:
    disk_full,  // The journal cannot be written for a while.
};
inline constexpr std::size_t fault_kinds = 37;
inline constexpr std::size_t general_fault_kinds = 32;   // Those before,
inline constexpr std::size_t streaming_fault_kinds = 4;  // and those of seeds that stream.
std::string_view to_string(fault);

/// Which faults a seed has, and when they strike.
class weather {
public:
    /// One seed in ten has none at all. Those that stream have more kinds.
    weather(std::uint64_t seed, std::optional<std::uint64_t> streaming_seed);

    bool has(fault kind) const { return share_[index(kind)] > 0; }
    bool occurs(fault kind);
    void add(fault kind) { share_[index(kind)] = 1; }   ///< It strikes by plan only.
    void count(fault kind) { ++struck_[index(kind)]; }  ///< One that struck by plan.
    void calm_down() { calm_ = true; }
    bool calm() const { return calm_; }
    bool is_fair() const;  ///< No fault in this seed.

    /// Whether the drop folder is absent at times.
    bool has_absence() const { return has(fault::folder_away) || has(fault::late_folder); }
    std::uint64_t occurred(fault kind) const { return struck_[index(kind)]; }
    std::uint64_t total_struck() const;
    std::string summary() const;

private:
    static std::size_t index(fault kind) { return static_cast<std::size_t>(kind); }

    dice chance_;
    std::array<double, fault_kinds> share_{};
    std::array<std::uint64_t, fault_kinds> struck_{};
    bool calm_ = false;
};

/// What all parts of one simulated run share.
struct universe {
    explicit universe(std::uint64_t seed)
        : chance(seed),
          aside(~seed),
          streams(aside.chance(0.3)),
          sky(chance.seed(), streams ? std::optional(aside.seed()) : std::nullopt),
          logs(seed * 0x9e3779b97f4a7c15u),
          follows(logs.chance(0.25)) {}

    void note(std::string_view line) { events.note(time.since_start(), line); }

    /// An invariant is broken.
    void wrong(std::string what);
    void plan(duration in, std::function<void()> what) { plans.at(time.now() + in, what); }

    virtual_clock time;
    agenda plans;
    dice chance;
    dice aside;    // Of what came later: the other seeds mean what they always did.
    bool streams;  // The watch streams.
    weather sky;
    dice logs;     // Of what happens to logs.
    bool follows;  // There are logs.
    trace events;
    std::vector<std::string> violations;
};

}  // namespace kustodrop::simulation
