#include "pipeline/roster.hpp"

#include <algorithm>
#include <utility>

namespace kustodrop::pipeline {

using spool::source;

static double seconds(auto time) { return std::chrono::duration<double>(time).count(); }

roster::roster(spool::journal& journal, const time_source& clock, metrics& measured)
    : journal_(journal), clock_(clock), metrics_(measured), counts_(measured) {}

void roster::count(held_source& one, bool is_parked) {
    counts_.count(one.as, one.source, is_parked);
    note_idle(one);
}

roster::held_source& roster::hold(source arriving) {
    auto fresh = std::make_unique<held_source>(held_source{std::move(arriving)});
    std::string_view id = fresh->source.id;
    find(id);  // So that it is not packed as well.
    auto known = sources_.find(id);
    if (known != sources_.end()) {
        counts_.uncount(known->second->as);
        sources_.erase(known);
    }
    return *sources_.emplace(id, std::move(fresh)).first->second;
}

source& roster::gather(source arriving) {
    auto& one = hold(std::move(arriving));
    counts_.count_seen(one.source);
    count(one, false);
    return one.source;
}

source& roster::admit(source arriving) {
    auto& admitted = gather(std::move(arriving));
    journal_.record(admitted);
    return admitted;
}

source& roster::admit_cut(source arriving, std::vector<spool::log_record> logs) {
    auto& admitted = gather(std::move(arriving));
    journal_.record_cut(admitted, std::move(logs));
    return admitted;
}

source& roster::join(const std::vector<std::string>& ids, std::string new_id) {
    source whole;
    whole.id = std::move(new_id);
    for (auto& id : ids) {
        auto found = sources_.find(id);
        if (found == sources_.end()) continue;
        counts_.uncount(found->second->as);
        if (unproven_.erase(id) > 0) doubt(whole.id);
        auto& one = found->second->source;
        bool first = whole.slices.empty();
        whole.claimed_at = first ? one.claimed_at : std::min(whole.claimed_at, one.claimed_at);
        whole.watch = one.watch;
        whole.target = one.target;
        for (auto& slice : one.slices) whole.slices.push_back(std::move(slice));
        sources_.erase(found);
    }
    auto& joined = hold(std::move(whole));
    count(joined, false);
    journal_.record(joined.source);
    return joined.source;
}

void roster::divide(source& whole, spool::outcome_record record, std::vector<source> parts) {
    if (is_parked(whole)) unpark(whole);
    counts_.uncount(held(whole).as);
    whole.slices.clear();
    whole.stage = spool::stage::retired{std::move(record), clock_.wall_now()};
    // Kept until it is recorded; the key is in it.
    auto rest = sources_.extract(sources_.find(whole.id));
    record_with(rest.mapped()->source, std::move(parts));
}

void roster::record_with(const source& first, std::vector<source> parts) {
    std::vector<const source*> all{&first};
    for (auto& part : parts) {
        auto& one = hold(std::move(part));
        count(one, false);
        all.push_back(&one.source);
    }
    journal_.record_together(all);
}

source& roster::resume(source arriving) {
    auto& one = hold(std::move(arriving));
    auto& what = one.source;
    auto* record = spool::outcome_of(what.stage);
    bool is_waiting = record && record->outcome == spool::outcome::unconfirmed;
    count(one, is_waiting);
    if (is_waiting) return what;
    // What waits for its outcome cannot have ended the last run.
    if (spool::is_unposted(what.stage)) unproven_.insert(what.id);
    counts_.count_resumed(what);
    return what;
}

void roster::advance(source& moving, spool::any_stage next) {
    moving.stage = std::move(next);
    unproven_.erase(moving.id);
    count(held(moving), false);
    journal_.record(moving);
}

void roster::note(source& changed, std::vector<source> parts) {
    if (parts.empty()) return journal_.record(changed);
    unproven_.erase(changed.id);
    count(held(changed), is_parked(changed));
    record_with(changed, std::move(parts));
}

void roster::park(source& waiting, spool::outcome_record record) {
    counts_.count_outcome(waiting, record);
    waiting.stage = spool::stage::settled{std::move(record)};
    count(held(waiting), true);
    journal_.record(waiting);
}

void roster::unpark(source& going_on) {
    if (!is_parked(going_on)) return;
    counts_.count_resumed(going_on);
    count(held(going_on), false);
}

bool roster::is_parked(const source& asked) const {
    auto found = sources_.find(asked.id);
    if (found == sources_.end()) return packed_.is_parked(asked.id);
    return found->second->as.is_parked;
}

std::vector<source*> roster::retire(
    source& done, spool::outcome_record record, std::vector<source> next
) {
    if (is_parked(done)) unpark(done);
    counts_.uncount(held(done).as);
    counts_.count_outcome(done, record);
    auto took = seconds(clock_.wall_now() - done.claimed_at);
    metrics_.distribution(
                "kustodrop_time_to_outcome_seconds", {{"watch", done.watch}}
    ).observe(took);
    done.stage = spool::stage::retired{std::move(record), clock_.wall_now()};
    unproven_.erase(done.id);
    // Kept until it is recorded; the key is in it.
    auto ended = sources_.extract(sources_.find(done.id));
    std::vector<const source*> all{&ended.mapped()->source};
    std::vector<source*> admitted;
    for (auto& one : next) admitted.push_back(&gather(std::move(one)));
    all.insert(all.end(), admitted.begin(), admitted.end());
    all.size() == 1 ? journal_.record(*all.front()) : journal_.record_together(all);
    return admitted;
}

source* roster::supersede(source& former, std::optional<source> next) {
    auto* blob = spool::blob_of(former.stage);
    auto where = blob ? *blob : spool::blob_record();
    former.stage = spool::stage::posted{std::move(where), former.last_post_at};
    for (auto& file : former.slices) file.location.clear();
    unproven_.erase(former.id);
    count(held(former), false);
    if (!next) {
        journal_.record(former);
        return nullptr;
    }
    auto& admitted = gather(std::move(*next));
    journal_.record_together({&former, &admitted});
    return &admitted;
}

void roster::rename_watch(const std::string& from, const std::string& to) {
    for (auto& one : packed_.take_all(from)) unpack(std::move(one));
    for (auto& [id, one] : sources_) {
        if (one->source.watch != from) continue;
        bool is_waiting = one->as.is_parked;
        one->source.watch = to;
        count(*one, is_waiting);
    }
    counts_.rename_watch(from, to);
    journal_.rename_watch(from, to);
}

void roster::reassign(source& moving, const std::string& watch) {
    moving.watch = watch;
    count(held(moving), is_parked(moving));
    journal_.record(moving);
}

source* roster::find(std::string_view id) {
    auto found = sources_.find(id);
    if (found == sources_.end()) {
        auto one = packed_.take(id);
        return one ? &unpack(std::move(*one)).source : nullptr;
    }
    auto& one = *found->second;
    one.last_found = clock_.now();
    return &one.source;
}

bool roster::contains(const spool::source_key& key) const {
    return packed_.contains(key) || sources_.contains(spool::id_of(key));
}

// It is counted as it was: nothing changes while it is packed.
roster::held_source& roster::unpack(packed_sources::entry one) {
    auto as = counts_.counted_as(one.source, one.is_parked);
    auto fresh = std::make_unique<held_source>(held_source{std::move(one.source), as});
    std::string_view id = fresh->source.id;
    auto& out = *sources_.emplace(id, std::move(fresh)).first->second;
    note_idle(out);
    return out;
}

bool roster::only_waits(const held_source& one) {
    return one.as.is_parked || std::holds_alternative<spool::stage::posted>(one.source.stage);
}

void roster::note_idle(held_source& one) {
    one.last_found = clock_.now();
    auto key = only_waits(one) ? spool::key_of(one.source.id) : std::nullopt;
    if (!key) return;
    bool begins = idle_.empty();
    idle_.push_back({one.last_found, *key});
    if (begins && on_idle_) on_idle_();
}

void roster::pack_idle(time_point idle_since) {
    while (!idle_.empty() && idle_.front().since <= idle_since) {
        auto next = idle_.front();
        idle_.pop_front();
        auto found = sources_.find(spool::id_of(next.key));
        if (found == sources_.end()) continue;
        auto& one = *found->second;
        if (!only_waits(one)) continue;
        if (one.last_found > idle_since) {
            idle_.push_back({one.last_found, next.key});
        } else if (packed_.put(one.source, one.as.is_parked)) {
            sources_.erase(found);
        }
    }
}

}  // namespace kustodrop::pipeline
