#include "pipeline/shipping/attempt_log.hpp"

#include "base/text.hpp"

namespace kustodrop::pipeline {

static std::string place_of(std::string_view operation, std::string_view what) {
    return std::string(operation) + " " + std::string(what);
}

static std::string place_of_watch(const spool::source& what) {
    return place_of("watch", what.watch);
}

void attempt_log::asked(
    const std::string& source_id,
    std::string_view account,
    std::string_view operation,
    const result<void>& outcome
) {
    auto place = place_of(operation, account);
    if (outcome.has_error()) {
        failed_at_.insert_or_assign(source_id, std::move(place));
        return;
    }
    failed_at_.erase(source_id);
    tell(known_.worked(place, time_.now()));
}

void attempt_log::forget(const std::string& source_id) { failed_at_.erase(source_id); }

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

void attempt_log::failed(const spool::source& what, const failure& problem) {
    note(what, problem);
    auto asked = failed_at_.extract(what.id);
    auto place = asked ? std::move(asked.mapped()) : place_of_watch(what);
    auto said = known_.failed(place, problem.code.text(), time_.now());
    if (!said) return;
    bool begins = said->what == recurring::turn::begins;
    log_.warning(
        begins ? "attempts fail; they are repeated" : "attempts still fail; they are repeated",
        {{"at", place},
         {"code", problem.code.text()},
         {"detail", problem.message()},
         {"request_id", problem.request_id},
         {"remedy", std::string(to_string(problem.next))},
         {"watch", what.watch},
         {"source", what.id},
         {"file", what.slices.front().name},
         {"attempts", std::to_string(said->times)},
         {"since", human_duration(said->lasted)}}
    );
}

void attempt_log::ended(const spool::source& what, const failure& problem) {
    note(what, problem);
    forget(what.id);
}

void attempt_log::went_well(const spool::source& what) {
    forget(what.id);
    tell(known_.worked(place_of_watch(what), time_.now()));
}

void attempt_log::tell_ends() { tell(known_.due(time_.now())); }

void attempt_log::tell(const std::vector<recurring::news>& ends) {
    for (auto& said : ends) {
        log_.info(
            "attempts go well again",
            {{"at", said.place},
             {"code", said.kind},
             {"attempts_failed", std::to_string(said.times)},
             {"lasted", human_duration(said.lasted)}}
        );
    }
}

}  // namespace kustodrop::pipeline
