#include "pipeline/intake/resuming.hpp"

#include "pipeline/intake/cutting/cutting.hpp"
#include "pipeline/retiring/retirement.hpp"

namespace kustodrop::pipeline {

namespace stage = spool::stage;

// A file may lie where it was dropped although this watch claims files by now: it is not a new one.
static void remember_names(watch& from, const spool::source& what) {
    for (auto& file : what.slices) {
        bool dropped = !file.location.starts_with(".kustodrop/");
        if (from.in_place || dropped) from.kept.begin(file.name, file.identity);
    }
}

spool::source& resume(const resuming_parts& with, watch& from, spool::source what) {
    bool was_posting = std::holds_alternative<stage::posting>(what.stage);
    auto& resumed = with.sources.resume(std::move(what));
    remember_names(from, resumed);
    if (with.sources.is_parked(resumed)) return resumed;
    if (was_posting) {
        with.measured.count("kustodrop_posts_ambiguous_total", {{"watch", resumed.watch}}).add();
        with.sources.note(resumed);
        with.next.unanswered(resumed);
    }
    if (std::holds_alternative<stage::posted>(resumed.stage)) {
        with.next.posted(resumed);
        return resumed;
    }
    if (auto* record = spool::outcome_of(resumed.stage)) {
        // Its files may be back in the folder already, before that was recorded.
        if (action_for(from.options, record->outcome) == file_action::put_back) {
            for (auto& file : resumed.slices) from.kept.keep(file.name, file.identity);
        }
        with.next.settled(resumed);
        return resumed;
    }
    if (is_undecided(resumed.slices.back())) {
        with.next.changed(resumed);
    } else {
        with.ready.push(resumed.id, with.time.now());
    }
    return resumed;
}

void settle_vanished(const resuming_parts& with, spool::source& what) {
    spool::outcome_record record;
    record.outcome = spool::outcome::rejected;
    record.code = to_string(errc::file_vanished);
    record.details = "the claimed file disappeared from work/ before it was shipped";
    record.at = with.time.wall_now();
    with.sources.advance(what, stage::settled{std::move(record)});
    with.next.settled(what);
}

}  // namespace kustodrop::pipeline
