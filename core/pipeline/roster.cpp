#include "pipeline/roster.hpp"

#include <functional>

namespace kustodrop::pipeline {

using spool::source;

static double seconds(auto time) { return std::chrono::duration<double>(time).count(); }

roster::roster(spool::journal& journal, clock& clock, metrics& measured)
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

void roster::enter_stage(const source& entering) {
    auto files = entering.slices.size();
    auto& counts = counts_of(entering.watch);
    counts.files_in_stage[entering.stage.index()] += files;
    counts.pending_files += files;
    auto& times = claim_times_[entering.watch];
    times.insert(entering.claimed_at);
    counts.oldest = *times.begin();
    metric_labels labels{
        {"watch", entering.watch}, {"stage", std::string(spool::name_of(entering.stage))}};
    metrics_.value("kustodrop_sources_in_stage", labels).add(static_cast<double>(files));
}

void roster::leave_stage(const source& leaving) {
    auto files = leaving.slices.size();
    auto& counts = counts_of(leaving.watch);
    counts.files_in_stage[leaving.stage.index()] -= files;
    counts.pending_files -= files;
    auto& times = claim_times_[leaving.watch];
    auto found = times.find(leaving.claimed_at);
    if (found != times.end()) times.erase(found);
    counts.oldest.reset();
    if (!times.empty()) counts.oldest = *times.begin();
    metric_labels labels{
        {"watch", leaving.watch}, {"stage", std::string(spool::name_of(leaving.stage))}};
    metrics_.value("kustodrop_sources_in_stage", labels).add(-static_cast<double>(files));
}

void roster::count_outcome(const source& about, const spool::verdict& word) {
    auto files = static_cast<double>(about.slices.size());
    metric_labels labels{{"watch", about.watch}, {"outcome", std::string(to_string(word.outcome))}};
    metrics_.count("kustodrop_sources_total", labels).add(files);
    counts_of(about.watch).last_word = word;
}

source& roster::admit(source arriving) {
    auto id = arriving.id;
    auto& held = sources_.insert_or_assign(id, std::move(arriving)).first->second;
    auto files = static_cast<double>(held.slices.size());
    metrics_.count("kustodrop_files_seen_total", {{"watch", held.watch}}).add(files);
    enter_stage(held);
    journal_.record(held);
    return held;
}

source& roster::resume(source arriving) {
    auto id = arriving.id;
    auto& held = sources_.insert_or_assign(id, std::move(arriving)).first->second;
    auto* word = spool::verdict_of(held.stage);
    if (word && word->outcome == spool::outcome::unconfirmed) {
        parked_.insert(id);
        counts_of(held.watch).parked_files += held.slices.size();
        return held;
    }
    auto files = static_cast<double>(held.slices.size());
    metrics_.count("kustodrop_files_resumed_total", {{"watch", held.watch}}).add(files);
    enter_stage(held);
    return held;
}

void roster::advance(source& moving, spool::any_stage next) {
    leave_stage(moving);
    moving.stage = std::move(next);
    enter_stage(moving);
    journal_.record(moving);
}

void roster::note(source& changed) { journal_.record(changed); }

void roster::park(source& waiting, spool::verdict word) {
    leave_stage(waiting);
    count_outcome(waiting, word);
    waiting.stage = spool::stage::settled{std::move(word)};
    parked_.insert(waiting.id);
    counts_of(waiting.watch).parked_files += waiting.slices.size();
    journal_.record(waiting);
}

void roster::unpark(source& going_on) {
    if (parked_.erase(going_on.id) == 0) return;
    counts_of(going_on.watch).parked_files -= going_on.slices.size();
    auto files = static_cast<double>(going_on.slices.size());
    metrics_.count("kustodrop_files_resumed_total", {{"watch", going_on.watch}}).add(files);
    enter_stage(going_on);
}

bool roster::is_parked(const source& asked) const { return parked_.contains(asked.id); }

void roster::retire(source& done, spool::verdict word) {
    if (is_parked(done)) unpark(done);
    leave_stage(done);
    count_outcome(done, word);
    auto took = seconds(clock_.wall_now() - done.claimed_at);
    metrics_.distribution(
                "kustodrop_time_to_outcome_seconds", {{"watch", done.watch}}
    ).observe(took);
    done.stage = spool::stage::retired{std::move(word), clock_.wall_now()};
    journal_.record(done);
    auto id = done.id;
    sources_.erase(id);
}

source* roster::find(std::string_view id) {
    auto found = sources_.find(id);
    return found == sources_.end() ? nullptr : &found->second;
}

void roster::measure_ages() {
    auto now = clock_.wall_now();
    for (auto& [watch, counts] : counts_) {
        auto age = counts.oldest ? seconds(now - *counts.oldest) : 0.0;
        metrics_.value("kustodrop_oldest_source_age_seconds", {{"watch", watch}}).set(age);
    }
}

}  // namespace kustodrop::pipeline
