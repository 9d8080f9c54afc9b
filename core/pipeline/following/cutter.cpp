#include "pipeline/following/cutter.hpp"

#include "spool/reading/rows/row_writer.hpp"

#include <algorithm>
#include <utility>

namespace kustodrop::pipeline {

using spool::log_number;
using spool::range_wish;

static constexpr std::size_t most_slices = 1000;
static constexpr duration shortest_look = 250ms;
static constexpr duration longest_look = 2s;

// For what a writer adds before it closes a rotated log.
static constexpr duration quiet_before_end = 10s;

// Before a record that does not end, as one with an open quotation, is cut at the end of a line.
static constexpr duration shortest_patience = 10s;

duration patience_with_records(duration max_age) {
    return std::max(shortest_patience, 5 * max_age);
}

duration look_interval(duration max_age) {
    return std::clamp<duration>(max_age / 4, shortest_look, longest_look);
}

void cutter::looked(const std::vector<spool::followed_log>& logs, time_point now) {
    std::map<log_number, entry> seen;
    // What is new now may be as old as the last look.
    auto added_since = looked_at_.value_or(now);
    looked_at_ = now;
    for (auto& log : logs) {
        auto before = logs_.find(log.number);
        bool is_known = before != logs_.end();
        entry one = is_known ? before->second : entry{log, added_since, now};
        bool has_changed = one.log.size != log.size || one.log.position != log.position;
        if (!one.is_waiting() && log.size > log.position) one.waits_since = added_since;
        if (has_changed) one.changed_at = now;
        if (has_changed) one.nothing_at_all = one.no_line = false;
        one.log = log;
        seen.emplace(log.number, std::move(one));
    }
    logs_ = std::move(seen);
}

// What is renamed or deleted is added to by late writers only.
bool cutter::is_finished(const entry& one, time_point now) const {
    bool was_rotated = one.log.is_rotated || one.log.is_nameless;
    return was_rotated && now - one.changed_at >= options_.record_wait;
}

// What may get more lines or parts does not get them any more, or a quotation is not closed.
bool cutter::is_quiet(const entry& one, time_point now) const {
    if (one.no_line) return false;
    if (has_long_records()) return now - one.changed_at >= options_.record_wait;
    return now - one.waits_since >= patience_with_records(options_.cut.max_age);
}

// The log that this one has taken the place of, while its unfinished end is there: the end of that
// record may be the beginning of this one, so that they go together.
const cutter::entry* cutter::rest_before(const entry& one) const {
    if (!has_long_records() || one.log.position > 0) return nullptr;
    spool::slice head;
    head.name = one.log.name;
    const entry* last = nullptr;
    for (auto& [number, other] : logs_) {
        if (!other.log.is_rotated || !other.is_waiting() || other.nothing_at_all) continue;
        spool::slice before;
        before.name = other.log.name;
        if (spool::is_continued_by(before, head)) last = &other;
    }
    return last;
}

bool cutter::is_ready(const entry& one, time_point now, bool all) const {
    if (!one.is_waiting() || one.nothing_at_all) return false;
    return one.barren != one.log.size || all || is_finished(one, now) || is_quiet(one, now);
}

// Longest waiting first, but a log that continues another one right behind it.
std::vector<const cutter::entry*> cutter::ready_ones(time_point now, bool all) const {
    std::vector<const entry*> ready;
    std::vector<std::pair<const entry*, const entry*>> continued;
    for (auto& [number, one] : logs_) {
        if (!is_ready(one, now, all)) continue;
        if (auto* before = rest_before(one)) {
            continued.emplace_back(before, &one);
        } else {
            ready.push_back(&one);
        }
    }
    std::ranges::stable_sort(ready, {}, &entry::waits_since);
    for (auto& [before, one] : continued) {
        auto found = std::ranges::find(ready, before);
        bool goes_along = found != ready.end() && before->barren == before->log.size;
        if (goes_along) ready.insert(found + 1, one);
    }
    return ready;
}

std::vector<range_wish> cutter::next_cut(time_point now, bool all) const {
    auto ready = ready_ones(now, all);
    if (ready.empty()) return {};
    std::uint64_t bytes = 0;
    for (auto* one : ready) bytes += one->log.size - one->log.position;
    bool is_old = now - ready.front()->waits_since >= options_.cut.max_age;
    bool is_large = bytes >= options_.cut.max_bytes;
    if (!all && !is_old && !is_large) return {};
    std::vector<range_wish> out;
    auto room = options_.cut.max_bytes;
    for (auto* one : ready) {
        auto& log = one->log;
        auto wanted = log.size - log.position;
        // A large part is compressed on several threads when it is alone.
        bool is_alone = wanted >= options_.cut.max_bytes / 2;
        if (is_alone && !out.empty()) continue;
        auto taken = std::min(wanted, room);
        bool is_barren = one->barren == log.size;
        bool quiet = is_barren && !all && !is_finished(*one, now) && is_quiet(*one, now);
        out.push_back({log.number, log.position + taken, is_barren && !quiet, quiet});
        room -= taken;
        if (is_alone || room == 0 || out.size() == most_slices) break;
    }
    return out;
}

std::uint64_t cutter::cut(log_number log, std::uint64_t end, time_point now) {
    auto found = logs_.find(log);
    if (found == logs_.end()) return 0;
    auto& one = found->second;
    // What follows a line that was cut alone has waited as long as that.
    bool was_barren = std::exchange(one.barren, 0) == one.log.size;
    if (!was_barren) one.waits_since = now;
    one.nothing_at_all = one.no_line = false;
    return end - std::exchange(one.log.position, end);
}

std::string_view cutter::reason(time_point now, bool all) const {
    if (all) return "stop";
    std::uint64_t bytes = 0;
    for (auto* one : ready_ones(now, all)) bytes += one->log.size - one->log.position;
    return bytes >= options_.cut.max_bytes ? "size" : "age";
}

bool cutter::found_nothing(const range_wish& wish) {
    auto found = logs_.find(wish.log);
    if (found == logs_.end()) return false;
    auto& one = found->second;
    // It was looked for in a part that others have left room for. A whole source would have room
    // for any record.
    bool had_all_room = wish.limit >= one.log.position + options_.cut.max_bytes;
    if (wish.limit < one.log.size && !had_all_room) return false;
    one.barren = one.log.size;
    one.nothing_at_all = wish.takes_unfinished;
    one.no_line = wish.takes_quiet;
    return true;
}

// As long as a process may have it open, it may get more.
bool cutter::is_over(const entry& one, time_point now) const {
    using spool::writer_state;
    if (!one.log.is_nameless || one.is_waiting()) return false;
    if (one.log.writers == writer_state::some) return false;
    auto quiet = std::max(quiet_before_end, options_.record_wait);
    bool may_be_written = one.log.writers == writer_state::unknown;
    if (may_be_written) quiet = std::max(quiet, options_.hold.max_time);
    return now - one.changed_at >= quiet;
}

std::vector<spool::followed_log> cutter::ended(time_point now) const {
    std::vector<spool::followed_log> out;
    for (auto& [number, one] : logs_) {
        if (is_over(one, now)) out.push_back(one.log);
    }
    return out;
}

std::optional<time_point> cutter::next_due() const {
    std::optional<time_point> due;
    for (auto& [number, one] : logs_) {
        if (!one.may_be_cut()) continue;
        auto at = one.waits_since + options_.cut.max_age;
        if (!due || at < *due) due = at;
    }
    return due;
}

time_point cutter::next_look(time_point now) const {
    auto next = now + look_interval(options_.cut.max_age);
    auto due = next_due();
    // What is due already waits for something else.
    return due && *due > now ? std::min(next, *due) : next;
}

std::optional<time_point> cutter::behind_since() const {
    std::optional<time_point> oldest;
    for (auto& [number, one] : logs_) {
        if (one.may_be_cut()) oldest = std::min(oldest.value_or(one.waits_since), one.waits_since);
    }
    return oldest;
}

std::vector<spool::followed_log> cutter::logs(bool nameless) const {
    std::vector<spool::followed_log> out;
    for (auto& [number, one] : logs_) {
        if (one.log.is_nameless || !nameless) out.push_back(one.log);
    }
    return out;
}

std::uint64_t cutter::waiting_bytes() const {
    std::uint64_t bytes = 0;
    for (auto& [number, one] : logs_) bytes += one.log.size - one.log.position;
    return bytes;
}

std::size_t cutter::waiting_logs() const {
    return static_cast<std::size_t>(std::ranges::count_if(logs_, [](auto& entry) {
        return entry.second.is_waiting();
    }));
}

}  // namespace kustodrop::pipeline
