#include "simulation/logs/log_audit.hpp"

#include "spool/following/log_state.hpp"

#include <algorithm>
#include <set>

namespace kustodrop::simulation {

// So much of a log may come twice where there are copies: logs often begin alike.
static constexpr std::uint64_t least_proof = 1024;

// Of a post: an upload, a few answers.
static constexpr duration time_to_post = 1s;

static std::string said_of(const known_range& one) {
    return one.name + " " + std::to_string(one.from) + " to " + std::to_string(one.to) + " of " +
           one.source;
}

static bool is_hole(const known_range& after, std::uint64_t from, std::uint64_t to) {
    return std::ranges::any_of(after.lives, [&](auto* life) {
        if (to > life->bytes.size()) return false;
        auto bytes = std::string_view(life->bytes).substr(from, to - from);
        return bytes.find_first_not_of('\0') == bytes.npos;
    });
}

void log_audit::check_partition(const std::vector<known_range>& ranges) {
    if (may_repeat_) return;
    for (std::size_t i = 1; i < ranges.size(); ++i) {
        auto& before = ranges[i - 1];
        auto& one = ranges[i];
        if (before.log_id != one.log_id) continue;
        if (one.from < before.to) {
            world_.wrong("T1: ranges overlap: " + said_of(before) + " and " + said_of(one));
        }
        if (one.from > before.to && !is_hole(one, before.to, one.from)) {
            world_.wrong("T1: a gap between " + said_of(before) + " and " + said_of(one));
        }
    }
}

// Whether all of these are there, in their order: the rest was posted with them, and could not be
// read once more when that had to be repeated.
static bool is_part_of(std::string_view text, const std::vector<std::string_view>& parts) {
    return std::ranges::all_of(parts, [&](auto part) {
        auto found = text.find(part);
        if (found == text.npos) return false;
        text.remove_prefix(found + part.size());
        return true;
    });
}

// Of each source that has arrived, its ranges in their order.
void log_audit::check_rows(const std::vector<known_range>& ranges, const ledger& posts) {
    std::map<std::string, std::map<std::size_t, const known_range*>> sources;
    for (auto& one : ranges) sources[one.source][one.place] = &one;
    for (auto& [id, texts] : book_.rows()) {
        auto found = sources.find(id);
        if (found == sources.end()) continue;  // Its parts have other ids, or the journal was lost.
        std::string expected;
        std::vector<std::string_view> parts;
        bool is_sure = true;
        for (auto& [place, range] : found->second) {
            is_sure = is_sure && range->lives.size() == 1 && !range->is_lost();
            if (!is_sure) break;
            if (!expected.empty() && expected.back() != '\n') expected += '\n';
            auto length = range->to - range->from;
            auto bytes = std::string_view(range->lives.front()->bytes);
            parts.push_back(bytes.substr(range->from, length));
            expected += parts.back();
        }
        bool is_there = std::ranges::any_of(texts, [&](auto& text) {
            return text == expected || (posts.is_repeated(id) && is_part_of(text, parts));
        });
        if (is_sure && !is_there) {
            world_.wrong("T2: the rows of " + id + " are not the bytes of its ranges");
        }
    }
}

std::uint64_t log_audit::readable(const log_life& life) const {
    std::uint64_t most = 0;
    for (auto& [name, file] : folder_.names()) {
        if (file->of == &life) most = std::max(most, file->length);
    }
    return most;
}

void log_audit::check_life(const log_life& life, const std::vector<known_range>& ranges) {
    enum fate : char { unknown, other_outcome, lost, arrived };
    std::string fates(life.bytes.size(), unknown);
    for (auto& one : ranges) {
        if (std::ranges::find(one.lives, &life) == one.lives.end()) continue;
        bool has_arrived = one.outcome == spool::outcome::succeeded;
        if (has_arrived) continue;  // If so, the service knows of it.
        auto to = std::min<std::uint64_t>(one.to, life.bytes.size());
        bool is_lost = spool::is_loss(one.code);
        for (auto at = one.from; at < to; ++at) fates[at] = is_lost ? lost : other_outcome;
        if (is_lost) reported_bytes_ += to - std::min(to, one.from);
    }
    for (auto number : life.records) {
        auto& record = book_.record(number);
        if (record.sources.empty()) continue;
        for (std::size_t i = 0; i < record.text.size(); ++i) fates[record.from + i] = arrived;
    }
    auto stands = may_begin_again_ ? 0 : readable(life);
    // Positions that are kept beside the journal may be older than a copy.
    if (may_repeat_ && life.was_copied) stands = 0;
    auto expected = may_begin_again_ ? 0 : std::max(stands, life.accountable);
    for (std::uint64_t at = 0; at < expected; ++at) {
        auto became = fates[at];
        if (life.bytes[at] == '\0' || became == arrived) continue;
        bool is_silent = became == unknown;
        bool is_given_up = became == lost && at < stands && !life.was_copied;
        bool was_held = became == lost && at < life.held && !life.was_copied &&
                        !life.was_truncated && options_.follow.hold == pipeline::hold_options();
        if (!is_silent && !is_given_up && !was_held) continue;
        auto rule = at < stands ? "T3" : "T4";
        auto what = is_silent ? " have no outcome" : " are given up";
        world_.wrong(
            std::string(rule) + ": bytes of " + life.family + " in its life " +
            std::to_string(life.number) + " from " + std::to_string(at) + " on" + what + "; seen " +
            std::to_string(life.accountable) + ", readable " + std::to_string(stands) + " of " +
            std::to_string(life.bytes.size())
        );
        return;
    }
}

// But for posts of which the client cannot know what became.
void log_audit::check_repeats(const ledger& posts) {
    if (may_repeat_) return;
    for (std::size_t number = 0; number < book_.records(); ++number) {
        auto& one = book_.record(number);
        if (one.sources.size() < 2) continue;
        auto& life = book_.lives()[one.life];
        if (life.was_copied && one.from < least_proof) continue;
        bool in_doubt =
            std::ranges::any_of(one.sources, [&](auto& id) { return posts.is_in_doubt(id); });
        if (in_doubt) continue;
        std::string ids;
        for (auto& id : one.sources) ids += " " + id;
        world_.wrong(
            "T6: record " + std::to_string(number) + " at " + std::to_string(one.from) + " of " +
            life.family + " is in several sources:" + ids
        );
        return;
    }
}

void log_audit::check_punctuality() {
    if (!punctual_since_) return;
    auto bound = options_.follow.cut.max_age + time_to_post;
    for (std::size_t number = 0; number < book_.records(); ++number) {
        auto& one = book_.record(number);
        if (one.written_at < *punctual_since_ || !one.posted_at) continue;
        auto took = *one.posted_at - one.written_at;
        if (took <= bound) continue;
        auto seconds = std::chrono::duration<double>(took).count();
        world_.wrong(
            "T9: record " + std::to_string(number) + " was posted after " +
            std::to_string(seconds) + " s"
        );
        return;
    }
}

void log_audit::settle_accounts(const std::string& journal, const ledger& posts) {
    auto ranges = read_ranges(world_, journal, options_.name);
    find_lives(ranges, book_, folder_, options_.name);
    check_partition(ranges);
    check_rows(ranges, posts);
    for (auto& life : book_.lives()) check_life(life, ranges);
    check_repeats(posts);
    check_punctuality();
}

}  // namespace kustodrop::simulation
