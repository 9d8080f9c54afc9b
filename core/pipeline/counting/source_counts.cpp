#include "pipeline/counting/source_counts.hpp"

#include "pipeline/watch/watch_series.hpp"
#include "spool/following/log_state.hpp"

#include <chrono>
#include <utility>

namespace kustodrop::pipeline {

using spool::source;

const watch_counts& source_counts::of(std::string_view watch) const {
    static const watch_counts none;
    auto found = counts_.find(watch);
    return found == counts_.end() ? none : found->second;
}

std::vector<std::string> source_counts::watches() const {
    std::vector<std::string> names;
    for (auto& [name, counts] : counts_) names.push_back(name);
    return names;
}

source_counts::ledger& source_counts::ledger_of(const std::string& watch) {
    auto found = ledgers_.find(watch);
    if (found != ledgers_.end()) return found->second;
    auto& fresh = ledgers_[watch];
    fresh.counts = &counts_[watch];
    return fresh;
}

void source_counts::ledger::forget_claim(wall_time at) {
    claim_times.remove(at);
    counts->oldest = claim_times.oldest();
}

void source_counts::add_to_stage(const counted& as, std::int64_t files) {
    as.in->counts->files_in_stage[as.stage] += static_cast<std::uint64_t>(files);
    as.in->in_stage[as.stage]->add(static_cast<double>(files));
}

source_counts::counted source_counts::counted_as(const source& what, bool is_parked) {
    auto stage = what.stage.index();
    auto& ours = ledger_of(what.watch);
    return {&ours, is_parked, stage, what.slices.size(), what.log_bytes(), what.claimed_at};
}

void source_counts::count(counted& as, const source& what, bool is_parked) {
    auto before = std::exchange(as, counted_as(what, is_parked));
    // Most changes are of the stage. The times of claims are many: they stay as they are.
    bool stays = before.is_pending() && as.is_pending() && before.in == as.in &&
                 before.claimed_at == as.claimed_at;
    take_out(before);
    if (before.is_pending() && !stays) before.in->forget_claim(before.claimed_at);
    auto& ours = *as.in;
    if (is_parked) {
        ++parked_;
        ours.counts->parked_files += as.files;
        return;
    }
    auto& measured = ours.in_stage[as.stage];
    if (!measured) {
        metric_labels labels{
            {"watch", what.watch}, {"stage", std::string(spool::name_of(what.stage))}};
        measured = &metrics_.value("kustodrop_sources_in_stage", labels);
    }
    add_to_stage(as, static_cast<std::int64_t>(as.files));
    ours.counts->pending_files += as.files;
    ours.counts->pending_log_bytes += as.log_bytes;
    if (stays) return;
    ours.claim_times.add(as.claimed_at);
    ours.counts->oldest = ours.claim_times.oldest();
}

void source_counts::uncount(counted& as) {
    auto before = std::exchange(as, counted());
    take_out(before);
    if (before.is_pending()) before.in->forget_claim(before.claimed_at);
}

void source_counts::take_out(const counted& as) {
    if (!as.in) return;
    if (as.is_parked) {
        --parked_;
        as.in->counts->parked_files -= as.files;
        return;
    }
    add_to_stage(as, -static_cast<std::int64_t>(as.files));
    as.in->counts->pending_files -= as.files;
    as.in->counts->pending_log_bytes -= as.log_bytes;
}

void source_counts::count_seen(const source& what) {
    auto files = static_cast<double>(what.slices.size());
    metrics_.count("kustodrop_files_seen_total", {{"watch", what.watch}}).add(files);
}

void source_counts::count_resumed(const source& what) {
    auto files = static_cast<double>(what.slices.size());
    metrics_.count("kustodrop_files_resumed_total", {{"watch", what.watch}}).add(files);
    auto bytes = static_cast<double>(what.log_bytes());
    if (bytes == 0) return;
    metrics_.count("kustodrop_log_bytes_seen_total", {{"watch", what.watch}}).add(bytes);
}

void source_counts::count_outcome(const source& about, const spool::outcome_record& record) {
    auto files = static_cast<double>(about.slices.size());
    metric_labels labels{
        {"watch", about.watch}, {"outcome", std::string(to_string(record.outcome))}};
    metrics_.count("kustodrop_sources_total", labels).add(files);
    counts_[about.watch].last_outcome = record;
    auto bytes = static_cast<double>(about.log_bytes());
    if (bytes == 0) return;
    metrics_.count("kustodrop_log_bytes_total", labels).add(bytes);
    if (!spool::is_loss(record.code)) return;
    metric_labels reason{{"watch", about.watch}, {"reason", record.code}};
    metrics_.count("kustodrop_log_bytes_lost_total", reason).add(bytes);
}

void source_counts::rename_watch(const std::string& from, const std::string& to) {
    move_series(metrics_, from, to);
    if (auto last = counts_[from].last_outcome) counts_[to].last_outcome = last;
}

void source_counts::measure_ages(wall_time now) {
    for (auto& [watch, counts] : counts_) {
        std::chrono::duration<double> age{};
        if (counts.oldest) age = now - *counts.oldest;
        metrics_.value("kustodrop_oldest_source_age_seconds", {{"watch", watch}}).set(age.count());
    }
}

}  // namespace kustodrop::pipeline
