#include "pipeline/retiring/retirement.hpp"

namespace kustodrop::pipeline {

file_action action_for(const watch_options& watch, spool::outcome outcome) {
    switch (outcome) {
    case spool::outcome::succeeded:
    case spool::outcome::skipped:
    case spool::outcome::presumed:
        switch (watch.on_success) {
        case success_action::archive:
            return file_action::archive;
        case success_action::delete_:
            return file_action::delete_;
        case success_action::keep:
            return file_action::put_back;
        }
        break;
    case spool::outcome::failed:
    case spool::outcome::rejected:
        if (watch.on_failure == failure_action::quarantine) return file_action::quarantine;
        return file_action::put_back;
    case spool::outcome::unconfirmed:
        if (watch.on_unconfirmed == unconfirmed_action::archive) return file_action::archive;
        return file_action::stay;
    }
    return file_action::stay;
}

bool is_final(const watch_options& watch, spool::outcome outcome) {
    return outcome != spool::outcome::unconfirmed ||
           watch.on_unconfirmed == unconfirmed_action::archive;
}

// Whether the service has, or may have, what was sent of it.
static bool is_delivered(const spool::source& what) {
    auto* record = spool::outcome_of(what.stage);
    return !record || (record->outcome != spool::outcome::failed &&
                       record->outcome != spool::outcome::rejected);
}

std::optional<spool::source> successor_of(
    const spool::source& what, const file_growth& seen, std::string new_id
) {
    auto& last = what.slices.back();
    // Only in our own folders does the inode show that it is the same file: elsewhere it may be
    // another one, or one that was cut and has grown again. Then all of it is shipped: better twice
    // than never.
    bool is_ours = last.location.starts_with(".kustodrop/");
    bool has_rest = is_ours && last.has_rest();
    if (seen.now.same_content(last.identity) && !has_rest) return std::nullopt;
    spool::source next;
    next.id = std::move(new_id);
    next.watch = what.watch;
    next.target = what.target;
    next.slices.push_back(last);
    auto& rest = next.slices.back();
    bool same_file = is_ours && seen.continues && seen.now.same_file(last.identity);
    bool is_longer = same_file && seen.now.size_bytes > last.end();
    if (is_longer && is_delivered(what)) {
        rest.offset = last.end();
        rest.start_check = last.end_check;
    } else if (!is_longer) {
        rest.offset = 0;
        rest.start_check = 0;
    }
    rest.end_check = 0;
    rest.head_bytes = 0;
    // In our folders nothing of it is decided before the next look.
    rest.length_bytes = is_ours ? 0 : seen.now.size_bytes;
    rest.identity = seen.now;
    return next;
}

}  // namespace kustodrop::pipeline
