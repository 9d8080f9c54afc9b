#include "pipeline/shipping/attempt_log.hpp"

#include "base/text.hpp"

namespace kustodrop::pipeline {

static std::string place_of(std::string_view operation, std::string_view what) {
    return std::string(operation) + " " + std::string(what);
}

static std::string place_of_watch(const spool::source& what) {
    return place_of("watch", what.watch);
}

void attempt_log::request_ended(
    const std::string& source_id,
    std::string_view account,
    std::string_view operation,
    const result<void>& outcome
) {
    bool recovers = health_.note(operation, outcome, time_.now());
    if (recovers && recovered_) recovered_();
    auto place = place_of(operation, account);
    if (outcome.has_error()) {
        failed_at_.insert_or_assign(source_id, std::move(place));
        return;
    }
    failed_at_.erase(source_id);
    log_ended(known_.worked(place, time_.now()));
}

void attempt_log::forget(const std::string& source_id) {
    failed_at_.erase(source_id);
    unread_.forget(source_id);
}

void attempt_log::note(const spool::source& what, const failure& problem) {
    log_.debug(
        "attempt failed",
        {{"watch", what.watch},
         {"source", what.id},
         {"file", what.slices.front().name},
         {"stage", std::string(spool::name_of(what.stage))},
         {"code", problem.code.text()},
         {"detail", problem.message()},
         {"request_id", problem.request_id},
         {"remedy", std::string(to_string(problem.next))}}
    );
}

// A file that was replaced, or is written, is looked at again by itself.
static bool is_unread(const failure& problem) {
    return problem.code == errc::file_unreadable || problem.code == errc::read_error;
}

void attempt_log::note_unread(
    const spool::source& what, const failure& problem, const std::string& file
) {
    if (!is_unread(problem)) return unread_.forget(what.id);
    unread_.note(
        what.id, what.watch, {std::string(unread_files::code), 1, file, problem.message()}
    );
}

void attempt_log::failed(const spool::source& what, const failure& problem, std::size_t slice) {
    note(what, problem);
    auto& file = what.slices[slice < what.slices.size() ? slice : 0].name;
    note_unread(what, problem, file);
    auto place_known = failed_at_.extract(what.id);
    if (place_known) health_.waits(what.watch);
    auto place = place_known ? std::move(place_known.mapped()) : place_of_watch(what);
    auto notice = known_.failed(place, problem.code.text(), time_.now());
    if (!notice) return;
    bool begins = notice->what == recurring::turn::begins;
    log_.warning(
        begins ? "attempts fail; they are repeated" : "attempts still fail; they are repeated",
        {{"at", place},
         {"code", problem.code.text()},
         {"detail", problem.message()},
         {"request_id", problem.request_id},
         {"remedy", std::string(to_string(problem.next))},
         {"watch", what.watch},
         {"source", what.id},
         {"file", file},
         {"attempts", std::to_string(notice->times)},
         {"since", human_duration(notice->lasted)}}
    );
}

void attempt_log::ended(const spool::source& what, const failure& problem) {
    note(what, problem);
    forget(what.id);
}

void attempt_log::succeeded(const spool::source& what) {
    forget(what.id);
    log_ended(known_.worked(place_of_watch(what), time_.now()));
}

void attempt_log::report_ended() { log_ended(known_.due(time_.now())); }

void attempt_log::log_ended(const std::vector<recurring::news>& ends) {
    for (auto& one : ends) {
        log_.info(
            "attempts succeed again",
            {{"at", one.place},
             {"code", one.kind},
             {"attempts_failed", std::to_string(one.times)},
             {"lasted", human_duration(one.lasted)}}
        );
    }
}

}  // namespace kustodrop::pipeline
