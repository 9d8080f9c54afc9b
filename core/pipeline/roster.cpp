#include "pipeline/roster.hpp"

#include <algorithm>

namespace kustodrop::pipeline {

using spool::source;

static double seconds(auto time) { return std::chrono::duration<double>(time).count(); }

roster::roster(spool::journal& journal, const time_source& clock, metrics& measured)
    : journal_(journal), clock_(clock), metrics_(measured) {}

watch_counts& roster::counts_of(const std::string& watch) { return counts_[watch]; }

const watch_counts& roster::counts(std::string_view watch) const {
    static const watch_counts none;
    auto found = counts_.find(watch);
    return found == counts_.end() ? none : found->second;
}

std::vector<std::string> roster::watches() const {
    std::vector<std::string> names;
    for (auto& [name, counts] : counts_) names.push_back(name);
    return names;
}

roster::ledger& roster::ledger_of(const std::string& watch) {
    auto found = ledgers_.find(watch);
    if (found != ledgers_.end()) return found->second;
    auto& fresh = ledgers_[watch];
    fresh.counts = &counts_of(watch);
    return fresh;
}

void roster::count_stage(const source& what, int sign) {
    auto& ours = ledger_of(what.watch);
    auto stage = what.stage.index();
    auto files = what.slices.size();
    auto& counted = ours.counts->files_in_stage[stage];
    counted = sign > 0 ? counted + files : counted - files;
    auto& measured = ours.in_stage[stage];
    if (!measured) {
        metric_labels labels{
            {"watch", what.watch}, {"stage", std::string(spool::name_of(what.stage))}};
        measured = &metrics_.value("kustodrop_sources_in_stage", labels);
    }
    measured->add(sign * static_cast<double>(files));
}

void roster::enter(const source& entering) {
    auto& ours = ledger_of(entering.watch);
    ours.counts->pending_files += entering.slices.size();
    ours.claim_times.add(entering.claimed_at);
    ours.counts->oldest = ours.claim_times.oldest();
    count_stage(entering, 1);
}

void roster::leave(const source& leaving) {
    auto& ours = ledger_of(leaving.watch);
    ours.counts->pending_files -= leaving.slices.size();
    ours.claim_times.remove(leaving.claimed_at);
    ours.counts->oldest = ours.claim_times.oldest();
    count_stage(leaving, -1);
}

void roster::count_outcome(const source& about, const spool::outcome_record& record) {
    auto files = static_cast<double>(about.slices.size());
    metric_labels labels{
        {"watch", about.watch}, {"outcome", std::string(to_string(record.outcome))}};
    metrics_.count("kustodrop_sources_total", labels).add(files);
    counts_of(about.watch).last_outcome = record;
}

source& roster::hold(source arriving) {
    auto held = std::make_unique<source>(std::move(arriving));
    std::string_view id = held->id;
    sources_.erase(id);
    return *sources_.emplace(id, std::move(held)).first->second;
}

source& roster::gather(source arriving) {
    auto& held = hold(std::move(arriving));
    auto files = static_cast<double>(held.slices.size());
    metrics_.count("kustodrop_files_seen_total", {{"watch", held.watch}}).add(files);
    enter(held);
    return held;
}

source& roster::admit(source arriving) {
    auto& held = gather(std::move(arriving));
    journal_.record(held);
    return held;
}

source& roster::join(const std::vector<std::string>& ids, std::string new_id) {
    source whole;
    whole.id = std::move(new_id);
    for (auto& id : ids) {
        auto found = sources_.find(id);
        if (found == sources_.end()) continue;
        auto& one = *found->second;
        leave(one);
        bool first = whole.slices.empty();
        whole.claimed_at = first ? one.claimed_at : std::min(whole.claimed_at, one.claimed_at);
        whole.watch = one.watch;
        whole.target = one.target;
        for (auto& slice : one.slices) whole.slices.push_back(std::move(slice));
        sources_.erase(found);
    }
    auto& held = hold(std::move(whole));
    enter(held);
    journal_.record(held);
    return held;
}

void roster::divide(source& whole, spool::outcome_record record, std::vector<source> parts) {
    if (is_parked(whole)) unpark(whole);
    leave(whole);
    whole.slices.clear();
    whole.stage = spool::stage::retired{std::move(record), clock_.wall_now()};
    // Kept until it is recorded; the key is in it.
    auto rest = sources_.extract(sources_.find(whole.id));
    std::vector<const source*> all{rest.mapped().get()};
    for (auto& part : parts) {
        auto& held = hold(std::move(part));
        enter(held);
        all.push_back(&held);
    }
    journal_.record_together(all);
}

source& roster::resume(source arriving) {
    auto& held = hold(std::move(arriving));
    auto* record = spool::outcome_of(held.stage);
    if (record && record->outcome == spool::outcome::unconfirmed) {
        parked_.insert(held.id);
        counts_of(held.watch).parked_files += held.slices.size();
        return held;
    }
    unproven_.insert(held.id);
    auto files = static_cast<double>(held.slices.size());
    metrics_.count("kustodrop_files_resumed_total", {{"watch", held.watch}}).add(files);
    enter(held);
    return held;
}

void roster::advance(source& moving, spool::any_stage next) {
    count_stage(moving, -1);
    moving.stage = std::move(next);
    unproven_.erase(moving.id);
    count_stage(moving, 1);
    journal_.record(moving);
}

void roster::note(source& changed) { journal_.record(changed); }

void roster::park(source& waiting, spool::outcome_record record) {
    leave(waiting);
    count_outcome(waiting, record);
    waiting.stage = spool::stage::settled{std::move(record)};
    parked_.insert(waiting.id);
    counts_of(waiting.watch).parked_files += waiting.slices.size();
    journal_.record(waiting);
}

void roster::unpark(source& going_on) {
    if (parked_.erase(going_on.id) == 0) return;
    counts_of(going_on.watch).parked_files -= going_on.slices.size();
    auto files = static_cast<double>(going_on.slices.size());
    metrics_.count("kustodrop_files_resumed_total", {{"watch", going_on.watch}}).add(files);
    enter(going_on);
}

bool roster::is_parked(const source& asked) const { return parked_.contains(asked.id); }

std::vector<source*> roster::retire(
    source& done, spool::outcome_record record, std::vector<source> next
) {
    if (is_parked(done)) unpark(done);
    leave(done);
    count_outcome(done, record);
    auto took = seconds(clock_.wall_now() - done.claimed_at);
    metrics_.distribution(
                "kustodrop_time_to_outcome_seconds", {{"watch", done.watch}}
    ).observe(took);
    done.stage = spool::stage::retired{std::move(record), clock_.wall_now()};
    unproven_.erase(done.id);
    // Kept until it is recorded; the key is in it.
    auto ended = sources_.extract(sources_.find(done.id));
    std::vector<const source*> all{ended.mapped().get()};
    std::vector<source*> admitted;
    for (auto& one : next) admitted.push_back(&gather(std::move(one)));
    all.insert(all.end(), admitted.begin(), admitted.end());
    all.size() == 1 ? journal_.record(*all.front()) : journal_.record_together(all);
    return admitted;
}

source* roster::find(std::string_view id) {
    auto found = sources_.find(id);
    return found == sources_.end() ? nullptr : found->second.get();
}

void roster::measure_ages() {
    auto now = clock_.wall_now();
    for (auto& [watch, counts] : counts_) {
        auto age = counts.oldest ? seconds(now - *counts.oldest) : 0.0;
        metrics_.value("kustodrop_oldest_source_age_seconds", {{"watch", watch}}).set(age);
    }
}

}  // namespace kustodrop::pipeline
