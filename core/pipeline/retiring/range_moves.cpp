#include "pipeline/retiring/range_moves.hpp"

#include "base/text.hpp"
#include "spool/following/log_state.hpp"
#include "spool/source/place.hpp"

#include <algorithm>
#include <utility>

namespace kustodrop::pipeline {

file_action action_for_ranges(const watch_options& watch, const spool::outcome_record& record) {
    switch (record.outcome) {
    case spool::outcome::succeeded:
    case spool::outcome::skipped:
    case spool::outcome::presumed:
        return file_action::delete_;
    case spool::outcome::failed:
    case spool::outcome::rejected: {
        bool keeps = watch.on_failure == failure_action::quarantine && !spool::is_loss(record.code);
        return keeps ? file_action::quarantine : file_action::stay;
    }
    case spool::outcome::unconfirmed:
        break;
    }
    return file_action::stay;
}

static result<std::string> nowhere() { return {boost::system::in_place_value, std::string()}; }

static result<std::string> copy_of(
    const open_folder& from,
    const spool::slice& range,
    const move_job& job,
    std::string_view explanation
) {
    if (from.spilled && spool::is_spilled(range.location)) {
        auto file = from.spilled->open(range.location);
        if (!file) return nowhere();
        return from.ranges->keep_inflated(file->get(), range, job.id, explanation);
    }
    auto* holder = from.logs->holder_of(range);
    if (!holder) return nowhere();
    return from.ranges->keep(holder->opened->get(), range, job.id, explanation);
}

// The location of a copy that failed again, or of a new one; empty: the bytes are nowhere.
static result<std::string> keep(
    const open_folder& from, const spool::slice& range, const move_job& job, std::size_t index
) {
    std::string_view explanation;
    if (index < job.errors.size()) explanation = job.errors[index];
    bool was_kept = spool::is_kept_range(range.location);
    if (was_kept && from.ranges->size_of(range.location)) {
        auto explained = from.ranges->explain(range.location, job.id, explanation);
        if (explained.has_error()) return explained.error();
        return {boost::system::in_place_value, range.location};
    }
    auto kept = copy_of(from, range, job, explanation);
    bool is_absent = kept.has_error() && kept.error().code == errc::file_vanished;
    return is_absent ? nowhere() : kept;
}

static result<std::string> move(
    const open_folder& from, const spool::slice& range, const move_job& job, std::size_t index
) {
    if (job.action == file_action::quarantine) return keep(from, range, job, index);
    bool is_delivered = job.action == file_action::delete_;
    // Its file goes when the journal has this.
    if (spool::is_spilled(range.location)) {
        return {boost::system::in_place_value, is_delivered ? range.name : std::string()};
    }
    if (is_delivered && spool::is_kept_range(range.location)) {
        auto removed = from.ranges->remove(range.location);
        if (removed.has_error()) return removed.error();
        return {boost::system::in_place_value, range.name};
    }
    return {boost::system::in_place_value, range.location};
}

std::vector<move_result> move_ranges(const open_folder& from, const std::vector<move_job>& jobs) {
    std::vector<move_result> results;
    for (auto& job : jobs) {
        move_result out{job.slices};
        for (std::size_t i = 0; i < out.slices.size() && !out.problem; ++i) {
            auto moved = move(from, out.slices[i], job, i);
            if (moved.has_error()) {
                out.problem = moved.error();
            } else {
                out.slices[i].location = std::move(*moved);
            }
        }
        results.push_back(std::move(out));
    }
    return results;
}

void note_absence(spool::outcome_record& record, const move_result& how) {
    auto is_absent = [](auto& one) { return one.location.empty(); };
    if (std::ranges::none_of(how.slices, is_absent)) return;
    auto note = "the log does not have these bytes any more, so that none are kept";
    record.details = and_also(std::move(record.details), note);
}

}  // namespace kustodrop::pipeline
