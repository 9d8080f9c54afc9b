#include "pipeline/questions/explain.hpp"

#include "base/text.hpp"
#include "base/wording/counted.hpp"
#include "kusto/creation_time.hpp"
#include "pipeline/following/cutter.hpp"
#include "pipeline/intake/grouping.hpp"
#include "pipeline/watch/record_forms.hpp"
#include "pipeline/watch/watch_routes.hpp"
#include "spool/following/looking/log_names.hpp"
#include "spool/watching/name_rules.hpp"

#include <algorithm>
#include <string_view>

namespace kustodrop::pipeline {

static constexpr auto ended_rule = "outcome";
static constexpr auto confirmed_rule = "confirmed";
static constexpr auto lost_rule = "lost";
static constexpr auto waits_rule = "waits";
static constexpr auto answer_rule = "status";
static constexpr auto claim_rule = "claim";
static constexpr auto move_rule = "move";
static constexpr auto read_rule = "reading";

namespace {

class answers {
public:
    void add(std::string rule, std::string answer, bool lets_pass) {
        all.push_back({std::move(rule), std::move(answer), lets_pass});
    }
    std::vector<explained> all;
};

// What a person would want to know although the file is shipped.
void about_contents(const explain_facts& facts, answers& out) {
    auto made = watch_routes(facts.watch).decide(facts.name);
    auto* where = std::get_if<target>(&made);
    auto pattern = where ? where->creation_time_pattern : std::string();
    auto parsed = spool::creation_time_pattern::parse(pattern);
    if (!pattern.empty() && parsed) {
        auto time = parsed->match(facts.name);
        out.add(
            "creation_time",
            time ? to_iso8601(*time)
                 : "the name does not match creation_time_pattern: shipped without one",
            true
        );
    }
    if (facts.copy.empty()) return;
    out.add("copies", facts.copy + " is shipped too: are the same rows in both?", true);
}

void about_name(const explain_facts& facts, answers& out) {
    auto& watch = facts.watch;
    if (facts.name.find('/') != std::string::npos) {
        out.add(
            "recursive",
            watch.recursive ? "true" : "false, and it is in a folder below",
            watch.recursive
        );
    }
    spool::name_rule_options names{watch.include, watch.exclude, watch.done_marker};
    bool follows = watch.kind == watch_kind::follow;
    auto why = follows ? spool::log_names(names, watch.follow.rotated).ignored_because(facts.name)
                       : spool::name_rules(names).ignored_because(facts.name);
    out.add("name", why ? *why : "include and exclude let it pass", !why);
    about_contents(facts, out);
}

void about_file(const explain_facts& facts, answers& out) {
    if (!facts.seen && !facts.claimed_as.empty()) {
        out.add("claimed", "it was taken from the folder and is " + facts.claimed_as, true);
        return;
    }
    if (!facts.seen) {
        bool has_ended = !facts.ended.empty() || facts.progress;
        bool is_known = facts.folder_present || facts.held.empty();
        if (is_known) out.add("file", "there is none of that name in the folder now", has_ended);
        return;
    }
    auto& seen = *facts.seen;
    bool regular = seen.kind == spool::file_kind::regular;
    out.add("kind", "a " + std::string(to_string(seen.kind)), regular);
    if (!regular) return;
    out.add("size", counted(seen.identity.size_bytes, "byte"), true);
    if (facts.watch.kind == watch_kind::follow) return;
    out.add(
        "hard links",
        seen.links > 1 ? "other names lead to the same file; it is taken when this is its only one"
                       : "none",
        seen.links <= 1
    );
    auto& who = facts.looked_as;
    out.add(
        "readable",
        seen.readable ? "yes, by " + who : "no: " + who + " may not read it",
        seen.readable
    );
}

void about_completeness(const explain_facts& facts, answers& out) {
    auto& watch = facts.watch;
    if (!facts.seen) return;
    if (watch.kind == watch_kind::follow) {
        auto& cut = watch.follow.cut;
        out.add("cut", "what is added is shipped within " + human_duration(cut.max_age), true);
        return;
    }
    if (watch.done_marker.empty()) {
        out.add("stable_for", "taken when unchanged for " + human_duration(watch.stable_for), true);
        return;
    }
    auto name = facts.name + watch.done_marker;
    if (!facts.marker) {
        out.add("done_marker", name + " is not there", false);
    } else if (!spool::marks(*facts.marker, *facts.seen)) {
        out.add("done_marker", name + " is older than the file: left by an earlier one?", false);
    } else {
        out.add("done_marker", name + " is there", true);
    }
}

// The size of what the positions count: of a compressed log the inflated one, which is not known.
std::optional<std::uint64_t> size_of(const explain_facts& facts) {
    bool is_known = facts.seen && !facts.name.ends_with(".gz");
    if (!is_known) return std::nullopt;
    return facts.seen->identity.size_bytes;
}

// The first byte that is not dealt with, and what it waits for; empty: nothing waits.
std::string waits_for(const explain_facts& facts) {
    auto& log = *facts.progress;
    auto from = [](std::uint64_t byte) { return "from byte " + std::to_string(byte) + " on "; };
    if (log.confirmed < log.posted) return from(log.confirmed) + "for its outcome";
    if (log.posted < log.read) return from(log.posted) + "to be posted";
    auto size = size_of(facts);
    if (!size || *size == log.read) return {};
    if (*size < log.read) return from(0) + "for the next cut: it was truncated";
    auto said = from(log.read) + "for the next cut or the end of its record";
    auto& watch = facts.watch;
    auto form = record_form_of(watch.target.format);
    bool may_be_quoted =
        form && form->syntax == spool::record_syntax::separated && watch.follow.columns.empty();
    if (!may_be_quoted) return said;
    auto patience = patience_with_records(watch.follow.cut.max_age);
    return said + "; for the end of a quotation at most " + human_duration(patience);
}

void about_progress(const explain_facts& facts, answers& out) {
    if (facts.watch.kind != watch_kind::follow) return;
    if (!facts.progress) {
        out.add("read", "nothing of it is recorded", true);
        return;
    }
    auto& log = *facts.progress;
    auto read = "to byte " + std::to_string(log.read);
    auto size = size_of(facts);
    if (size && *size >= log.read) read += " of " + std::to_string(*size);
    if (log.first > 0) read += "; recorded from byte " + std::to_string(log.first) + " on";
    out.add("read", read, true);
    out.add("posted", "to byte " + std::to_string(log.posted), true);
    out.add(confirmed_rule, "to byte " + std::to_string(log.confirmed), true);
    if (log.lost_bytes > 0) {
        auto lost = counted(log.lost_bytes, "byte") + "; the last of them " + log.lost;
        out.add(lost_rule, lost, true);
    }
    auto waits = waits_for(facts);
    if (!waits.empty()) out.add(waits_rule, waits, true);
}

void about_joining(const explain_facts& facts, answers& out) {
    auto& watch = facts.watch;
    if (watch.coalesce.max_files <= 1) return;
    if (!facts.seen && !facts.claimed_as.empty() && !facts.is_recorded) {
        auto most = human_duration(watch.coalesce.max_age);
        out.add("coalesce", "waits for others to share a blob with, " + most + " at most", true);
    }
    if (!facts.seen) return;
    auto why = joining_rules(watch).alone_because(facts.name, facts.seen->identity.size_bytes);
    auto joined = "in one blob with up to " + std::to_string(watch.coalesce.max_files - 1) +
                  " others, for which it waits " + human_duration(watch.coalesce.max_age) +
                  " at most";
    out.add("coalesce", why ? "shipped alone: " + *why : joined, true);
}

}  // namespace

static constexpr auto service_rule = "service";
static constexpr auto outcomes_rule = "outcomes";
static constexpr auto folder_rule = "folder";
static constexpr auto journal_rule = "journal file";
static constexpr auto attempt_rule = "attempt";
static constexpr auto delivery_rule = "delivery";
static constexpr auto posted_rule = "awaited";

static void about_service(const explain_facts& facts, answers& out) {
    if (facts.trouble.empty()) {
        out.add(service_rule, "can be used", true);
        if (!facts.next_attempt || facts.claimed_as.empty()) return;
        auto next = human_duration(*facts.next_attempt);
        return out.add(attempt_rule, "the next one of this watch is in " + next, true);
    }
    auto answer = facts.trouble;
    if (facts.next_attempt) {
        answer += "; the next attempt of this watch is in " + human_duration(*facts.next_attempt);
    }
    out.add(service_rule, answer, false);
}

// What the system does not let the daemon do with the file.
static void about_refusals(const explain_facts& facts, answers& out) {
    auto add = [&](const char* rule, const std::string& cannot, const std::string& why) {
        if (!why.empty()) out.add(rule, "it cannot be " + cannot + ": " + why, false);
    };
    if (facts.seen) add(claim_rule, "claimed", facts.unclaimed);
    if (!facts.seen) add(read_rule, "read", facts.unread);
    add(move_rule, "moved", facts.unmoved);
}

// A file that was taken has its target already, whatever route says now.
static void about_target(const explain_facts& facts, answers& out) {
    watch_routes routes(facts.watch);
    routes.meet(facts.met_targets);
    auto made = routes.foresee(facts.name);
    auto* where = std::get_if<target>(&made);
    auto shown = where ? where->name() : facts.watch.target.name();
    out.add("watch", facts.watch.name + " → " + shown, true);
    if (!routes.are_by_path()) return;
    bool is_over = !facts.seen && (!facts.claimed_as.empty() || !facts.ended.empty());
    if (where) {
        out.add("route", "leads to " + shown, true);
    } else {
        out.add("route", std::get<route_refusal>(made).detail, is_over);
    }
}

// Whether what became of it is the end of the file that is asked for: one that lies in the folder
// may be another one of that name.
static bool has_ended_here(const explain_facts& facts, bool stays) {
    bool is_followed = facts.watch.kind == watch_kind::follow;
    if (facts.ended.empty() || is_followed) return false;
    bool is_moving = facts.is_settled && facts.unmoved.empty();
    if (!facts.seen) return facts.claimed_as.empty() || is_moving;
    return stays || (facts.is_of_seen && is_moving);
}

std::vector<explained> explain(const explain_facts& facts) {
    answers out;
    about_target(facts, out);
    if (!facts.folder_present) {
        auto why = facts.watch.path + " is absent: it is looked for again";
        out.add(folder_rule, facts.held.empty() ? why : facts.held, false);
    }
    about_name(facts, out);
    about_file(facts, out);
    about_completeness(facts, out);
    // A log that is followed has a record of its last cut, and grows on.
    bool is_followed = facts.watch.kind == watch_kind::follow;
    bool stays = facts.seen && facts.is_kept.value_or(false) && !is_followed;
    if (stays) {
        out.add("journal", "dealt with before and unchanged since, so it stays", false);
    }
    about_joining(facts, out);
    about_progress(facts, out);
    if (has_ended_here(facts, stays)) out.add(ended_rule, facts.ended, true);
    bool is_it = !is_followed && (!facts.seen || facts.is_of_seen);
    if (is_it && !facts.posted_at.empty()) {
        out.add(posted_rule, "posted at " + facts.posted_at + "; waiting for its outcome", true);
    }
    if (!facts.history.empty()) out.add("record", facts.history, true);
    out.add("daemon", facts.daemon_runs ? "runs" : "does not run", facts.daemon_runs);
    if (!facts.daemon_runs) return std::move(out.all);
    if (!facts.daemon_silence.empty()) {
        out.add(answer_rule, facts.daemon_silence, false);
        return std::move(out.all);
    }
    bool paused = !facts.paused.empty();
    auto what = facts.watch.route ? "its target is paused: " : "the watch is paused: ";
    out.add("target", paused ? what + facts.paused : "not refused", !paused);
    bool is_held = facts.folder_present && !facts.held.empty();
    if (is_held) out.add(delivery_rule, facts.held, false);
    if (!facts.journal_trouble.empty()) {
        auto what = facts.journal_trouble + "; nothing is claimed or posted until it can be";
        out.add(journal_rule, what, false);
    }
    about_refusals(facts, out);
    if (!facts.in_place.empty()) out.add("place", facts.in_place, true);
    if (!facts.failover.empty()) out.add("cluster", facts.failover, true);
    if (!facts.polled.empty()) out.add("events", "polled: " + facts.polled, true);
    about_service(facts, out);
    if (!facts.outcome_trouble.empty() && (!facts.claimed_as.empty() || !facts.posted_at.empty())) {
        out.add(outcomes_rule, "cannot be read: " + facts.outcome_trouble, false);
    }
    out.add(
        "min_free",
        facts.low_on_space ? "too little space is free (df, df -i): the archive is cleared"
                           : "enough is free",
        true
    );
    bool is_claimed = !facts.seen && !facts.claimed_as.empty();
    bool room = is_claimed || facts.pending_files < facts.watch.backlog.max_files;
    out.add(
        "max_pending",
        std::to_string(facts.pending_files) + " of " +
            std::to_string(facts.watch.backlog.max_files) + " are pending",
        room
    );
    return std::move(out.all);
}

static const explained* rule_in(const std::vector<explained>& rules, std::string_view name) {
    auto found = std::ranges::find(rules, name, &explained::rule);
    return found == rules.end() ? nullptr : &*found;
}

// What is said of a file that no rule stops.
static std::string passing(const std::vector<explained>& rules) {
    if (auto* attempt = rule_in(rules, attempt_rule)) {
        return "waiting: " + attempt->rule + ": " + attempt->answer;
    }
    if (auto* waits = rule_in(rules, waits_rule)) return "waiting: " + waits->answer;
    if (!rule_in(rules, confirmed_rule)) return "it is shipped, or about to be";
    return "all of it has an outcome";
}

std::string conclusion(const std::vector<explained>& rules) {
    if (auto* ended = rule_in(rules, ended_rule)) return ended->answer;
    if (auto* posted = rule_in(rules, posted_rule)) {
        if (auto* unread = rule_in(rules, outcomes_rule)) {
            return "waiting: " + unread->rule + ": " + unread->answer;
        }
        return posted->answer;
    }
    auto* lost = rule_in(rules, lost_rule);
    auto losses = lost ? "; lost: " + lost->answer : std::string();
    auto stopping = std::ranges::find(rules, false, &explained::lets_pass);
    if (stopping == rules.end()) return passing(rules) + losses;
    auto& name = stopping->rule;
    bool is_temporary = name == service_rule || name == outcomes_rule || name == folder_rule ||
                        name == delivery_rule || name == journal_rule || name == claim_rule ||
                        name == move_rule || name == read_rule || name == answer_rule;
    auto said = (is_temporary ? "waiting: " : "not shipped: ") + name + ": " + stopping->answer;
    if (auto* waits = rule_in(rules, waits_rule)) said += "; it waits " + waits->answer;
    return said + losses;
}

}  // namespace kustodrop::pipeline
