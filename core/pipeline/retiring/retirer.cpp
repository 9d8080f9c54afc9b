#include "pipeline/retiring/retirer.hpp"

#include "async/timed_wait.hpp"
#include "base/text.hpp"
#include "pipeline/retiring/content_notes.hpp"
#include "pipeline/retiring/file_history.hpp"
#include "pipeline/retiring/range_moves.hpp"
#include "spool/source/place.hpp"

#include <algorithm>

namespace kustodrop::pipeline {

namespace stage = spool::stage;

static constexpr std::size_t batch_files = 64;
static constexpr duration pause_after_trouble = 5s;

retirer::retirer(asio::any_io_executor executor, watch& from, retirer_parts parts)
    : watch_(from),
      with_(parts),
      open_(from, {parts.sources, parts.journal, parts.pool, parts.time, parts.random, parts.log}),
      arrived_(std::move(executor)) {}

void retirer::look_into(std::vector<spool::written_file> files) {
    open_.look_into(std::move(files));
    arrived_.notify_all();
}

void retirer::submit(const spool::source& what) {
    waiting_.push_back(what.id);
    arrived_.notify_all();
}

asio::awaitable<void> retirer::run() {
    for (;;) {
        co_await wait_for_work();
        co_await look_at_open_files();
        if (waiting_.empty()) continue;
        // The outcome is on disk before the file moves (docs/architecture.md §2).
        auto safe = co_await with_.journal.durable();
        auto folder = watch_.folder;
        if (safe.has_error() || !folder) {
            co_await with_.time.sleep_until(with_.time.now() + pause_after_trouble);
            continue;
        }
        // Shared with the worker, which continues even if we are cancelled.
        auto batch = take_batch();
        auto format = watch_.options.target.format;
        auto noting = note_contents(with_.sources, with_.pool, folder, format, batch);
        if (!watch_.ranges) co_await std::move(noting);
        co_await explain(batch);
        auto jobs = std::make_shared<const std::vector<move_job>>(std::move(batch));
        open_folder from = watch_;
        auto work = [folder, jobs, from] {
            return from.ranges ? move_ranges(from, *jobs) : move_files(*folder, *jobs);
        };
        auto results = co_await offload(with_.pool, work);
        for (std::size_t i = 0; i < jobs->size(); ++i) {
            finish((*jobs)[i], std::move(results[i]));
        }
    }
}

asio::awaitable<void> retirer::wait_for_work() {
    while (waiting_.empty()) {
        auto now = with_.time.now();
        for (auto& id : held_.take_due(now)) waiting_.push_back(std::move(id));
        auto look = open_.next_due();
        if (!waiting_.empty() || (look && *look <= now)) co_return;
        auto due = std::min(
            look.value_or(time_point::max()), held_.next_due().value_or(time_point::max())
        );
        if (due == time_point::max()) {
            co_await arrived_.wait();
        } else {
            co_await wait_until(arrived_, with_.time, due);
        }
    }
}

// The intake may see a file in the folder before we hear that it is back there.
void retirer::expect_back(const move_job& one) {
    if (one.action != file_action::put_back) return;
    for (auto& file : one.slices) watch_.kept.keep(file.name, file.identity);
}

std::vector<move_job> retirer::take_batch() {
    std::vector<move_job> jobs;
    std::size_t files = 0;
    while (!waiting_.empty() && files < batch_files) {
        auto id = std::move(waiting_.front());
        waiting_.pop_front();
        auto one = job_for(id);
        if (!one) {
            unmoved_.forget(id);
            continue;
        }
        files += one->slices.size();
        expect_back(*one);
        jobs.push_back(std::move(*one));
    }
    return jobs;
}

std::optional<move_job> retirer::job_for(const std::string& id) {
    auto* what = with_.sources.find(id);
    if (!what) return std::nullopt;
    move_job one;
    one.id = id;
    one.slices = what->slices;
    one.follows_growth = watch_.follows_growth;
    one.in_place = watch_.in_place;
    one.recursive = watch_.options.recursive;
    one.at = with_.time.wall_now();
    auto* record = spool::outcome_of(what->stage);
    bool in_work = std::ranges::any_of(what->slices, [](auto& file) {
        return file.location.starts_with(spool::work_folder);
    });
    if (!record) {
        bool posted = std::holds_alternative<stage::posted>(what->stage);
        bool acts_early = watch_.options.act_after == act_time::posted && !watch_.in_place;
        // One that is posted once more has left work/ before.
        if (!posted || !acts_early || !in_work) return std::nullopt;
        one.action = action_for(watch_.options, spool::outcome::succeeded);
        return one;
    }
    one.is_settled = true;
    one.action = action_for(watch_.options, record->outcome);
    // With act_after: posted the file has left work/ before, unless the outcome was known before.
    bool acts_early = watch_.options.act_after == act_time::posted;
    bool acted_before = acts_early && !in_work && !watch_.in_place;
    if (acted_before && one.action != file_action::quarantine) one.action = file_action::stay;
    if (watch_.read_only) one.action = file_action::put_back;
    if (watch_.options.kind == watch_kind::follow) one.action = file_action::stay;
    if (watch_.ranges) one.action = action_for_ranges(watch_.options, *record);
    return one;
}

// Says of files that go into quarantine why, and what had been shipped of them.
asio::awaitable<void> retirer::explain(std::vector<move_job>& jobs) {
    for (auto& job : jobs) {
        if (job.action != file_action::quarantine) continue;
        for (auto& file : job.slices) {
            std::vector<spool::journal_row> before;
            if (has_history(file) && !watch_.ranges) {
                spool::journal_query query;
                query.watch = watch_.options.name;
                query.file = file;
                auto found = co_await with_.journal.find(std::move(query));
                if (found) before = std::move(*found);
            }
            auto* what = with_.sources.find(job.id);
            auto* record = what ? spool::outcome_of(what->stage) : nullptr;
            if (!record) break;
            bool is_range = watch_.ranges != nullptr;
            auto history = is_range ? history_of(*what, file) : history_of(*what, file, before);
            job.errors.push_back(error_json(*what, file, *record, history));
        }
    }
}

asio::awaitable<void> retirer::look_at_open_files() {
    auto added = co_await open_.look();
    for (auto& one : added) take(std::move(one));
}

void retirer::take(added_file one) {
    one.of.watch = watch_.options.name;  // It may have been renamed since.
    if (!one.claimed) {
        move_result how{one.of.slices};
        how.grown.emplace(0, one.seen);
        for (auto& next : successors(one.of, how)) {
            with_.next.changed(with_.sources.admit(std::move(next)));
        }
        return;
    }
    auto& former = one.of.slices.front();
    with_.log.info(
        "a file in quarantine has grown; it is sent again when its writer is done",
        {{"watch", one.of.watch},
         {"source", one.of.id},
         {"next", one.next_id},
         {"file", former.name},
         {"detail", growth_note(former, one.seen)}}
    );
    // The former source has the file no more.
    former.location = former.name;
    with_.journal.record(one.of);
    spool::source next;
    next.id = std::move(one.next_id);
    next.watch = one.of.watch;
    next.target = is_destination(one.of.target) ? one.of.target : watch_.options.target.name();
    next.claimed_at = with_.time.wall_now();
    next.slices.push_back(std::move(*one.claimed));
    next.slices.front().length_bytes = 0;  // The next look decides.
    with_.next.changed(with_.sources.admit(std::move(next)));
}

void retirer::report_trouble(const spool::source& what, const failure& problem) {
    unmoved_.note(what.id, what.slices.front().name, problem);
    auto said = troubles_.failed("", problem.code.text(), with_.time.now());
    auto level = said ? log_level::error : log_level::debug;
    with_.log.write(
        level,
        "cannot move a file; it stays where it is and is tried again",
        {{"watch", what.watch},
         {"source", what.id},
         {"file", what.slices.front().name},
         {"code", problem.code.text()},
         {"detail", problem.message()},
         {"attempts", said ? std::to_string(said->times) : ""}}
    );
}

static void note_growth(spool::outcome_record& record, const move_result& how) {
    for (auto& [index, seen] : how.grown) {
        auto note = growth_note(how.slices.at(index), seen);
        record.details = and_also(std::move(record.details), note);
    }
}

void retirer::finish(const move_job& asked, move_result how) {
    auto* what = with_.sources.find(asked.id);
    if (!what || !how.problem) unmoved_.forget(asked.id);
    if (!what) return;
    if (how.problem) {
        report_trouble(*what, *how.problem);
        // The others do not wait for it.
        held_.add(what->id, with_.time.now() + pause_after_trouble);
        return;
    }
    for (auto& ended : troubles_.worked("", with_.time.now())) {
        with_.log.info(
            "files can be moved again",
            {{"watch", what->watch},
             {"code", ended.kind},
             {"attempts_failed", std::to_string(ended.times)}}
        );
    }
    if (how.is_held) held_.add(what->id, with_.time.now() + watch_.options.stable_for);
    if (!asked.is_settled || how.is_held) {
        if (what->slices == how.slices) return;
        what->slices = std::move(how.slices);
        with_.sources.note(*what);
        return;
    }
    auto record = *spool::outcome_of(what->stage);
    if (asked.action == file_action::quarantine) note_growth(record, how);
    if (watch_.ranges && asked.action != file_action::delete_) note_absence(record, how);
    finish_files(asked, *what, how);
    auto next = successors(*what, how);
    watch_open_files(*what, how);
    what->slices = std::move(how.slices);
    log_outcome(*what, record);
    auto admitted = with_.sources.retire(*what, std::move(record), std::move(next));
    for (auto* one : admitted) with_.next.changed(*one);
}

void retirer::finish_files(
    const move_job& asked, const spool::source& what, const move_result& how
) {
    auto outcome = spool::outcome_of(what.stage)->outcome;
    for (std::size_t i = 0; i < how.slices.size(); ++i) {
        auto& file = how.slices[i];
        // What lies in its place now belongs to another source.
        if (watch_.in_place && asked.slices[i].location.empty()) continue;
        if (auto place = spool::unusual_place(file.location)) {
            with_.log.warning(
                "a file has the name of a folder: what belongs there lies beside it",
                {{"watch", what.watch}, {"file", file.name}, {"place", *place}}
            );
        }
        auto grown = how.grown.find(i);
        if (grown == how.grown.end()) {
            watch_.kept.end(file.name);
            if (asked.action == file_action::put_back) remember_kept(what, file, outcome);
        } else if (watch_.in_place && grown->second.now.size_bytes == 0) {
            // A file that was cut and is written again is a new one when it rests.
            watch_.kept.end(file.name);
        } else if (watch_.in_place) {
            watch_.kept.begin(file.name, grown->second.now);
        }
    }
}

std::vector<spool::source> retirer::successors(const spool::source& what, const move_result& how) {
    std::vector<spool::source> out;
    for (auto& [index, seen] : how.grown) {
        if (watch_.in_place && seen.now.size_bytes == 0) continue;
        auto alone = what;
        alone.slices = {how.slices.at(index)};
        auto id = spool::make_source_id(with_.random, with_.time.wall_now());
        auto next = successor_of(alone, seen, std::move(id));
        if (!next) continue;
        auto& file = next->slices.front();
        next->claimed_at = with_.time.wall_now();
        with_.log.info(
            "a claimed file holds more than was shipped: the rest is shipped too",
            {{"watch", what.watch},
             {"source", what.id},
             {"next", next->id},
             {"file", file.name},
             {"bytes", std::to_string(seen.now.size_bytes - file.offset)}}
        );
        out.push_back(std::move(*next));
    }
    return out;
}

void retirer::watch_open_files(const spool::source& what, const move_result& how) {
    for (auto index : how.open) {
        auto of = what;
        of.stage = stage::retired{*spool::outcome_of(what.stage), with_.time.wall_now()};
        open_.add(std::move(of), how.slices.at(index));
    }
}

void retirer::remember_kept(
    const spool::source& what, const spool::slice& file, spool::outcome outcome
) {
    spool::kept_file kept;
    kept.watch = what.watch;
    kept.name = file.location;
    kept.identity = file.identity;
    kept.source_id = what.id;
    kept.outcome = outcome;
    with_.journal.record_kept(kept);
    watch_.kept.keep(std::move(kept));
}

void retirer::log_outcome(const spool::source& what, const spool::outcome_record& record) {
    bool bad = record.outcome == spool::outcome::failed ||
               record.outcome == spool::outcome::rejected ||
               record.outcome == spool::outcome::unconfirmed;
    auto level = bad ? log_level::warning : log_level::info;
    with_.log.write(
        level,
        to_string(record.outcome),
        {{"watch", what.watch},
         {"source", what.id},
         {"file", what.slices.front().name},
         {"files", std::to_string(what.slices.size())},
         {"target", shown_target(what.target)},
         {"code", record.code},
         {"details", record.details}}
    );
}

}  // namespace kustodrop::pipeline
