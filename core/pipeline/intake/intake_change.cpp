// What becomes of a watch while the daemon runs: other options, another folder, none; the end.
#include "pipeline/intake/intake.hpp"

namespace kustodrop::pipeline {

void intake::change(watch_options wanted) {
    wanted_ = std::move(wanted);
    leaving_ = false;
    stirred_.notify_all();
}

void intake::leave() {
    wanted_.reset();
    leaving_ = true;
    stirred_.notify_all();
}

void intake::finish() {
    finishing_ = true;
    stirred_.notify_all();
}

// Whether a whole scan has shown that nothing is left to be claimed.
bool intake::has_finished() const {
    if (!finishing_) return false;
    if (!watch_.folder || left_) return true;
    bool scanned = next_scan_ > with_.time.now();
    bool idle = !is_gathering() && complete_.empty() && hinted_.empty() && settler_.size() == 0;
    return last_look_ && scanned && idle && !more_to_see_;
}

bool intake::is_moving() const {
    if (leaving_) return true;
    if (!wanted_) return false;
    return wanted_->path != watch_.options.path || wanted_->claim != watch_.options.claim;
}

// Called between turns, so that nothing is half-way and no worker reads the rules.
void intake::take_changes() {
    if (finishing_ && !last_look_) {
        last_look_ = true;
        see_anew();
        settler_.set_stable_for(0s);
    }
    if (is_moving()) {
        if (with_.sources.counts(watch_.options.name).pending_files > 0) return;
        let_go();
        left_ = leaving_;
    }
    if (!wanted_) return;
    left_ = false;
    obey(std::move(*wanted_));
    wanted_.reset();
}

void intake::let_go() {
    if (!watch_.folder) return;
    for (auto& [number, name] : folders_) {
        if (with_.events) with_.events->remove(number);
    }
    folders_.clear();
    watch_.folder.reset();
    watch_.kept.end_all();
    waiting_in_folder_ = 0;
    low_on_space_ = false;
    with_.log.info(
        "watching no more", {{"watch", watch_.options.name}, {"path", watch_.options.path}}
    );
    tell_left_behind();
}

// They would hold the watch in its old folder for ever.
void intake::tell_left_behind() {
    auto unconfirmed = with_.sources.counts(watch_.options.name).parked_files;
    bool stays = wanted_ && wanted_->path == watch_.options.path;
    if (unconfirmed == 0 || stays) return;
    with_.log.warning(
        "unconfirmed files stay in work/ of the former folder: a late word is recorded, but moves "
        "them no more; watched again, the folder has them sent anew",
        {{"watch", watch_.options.name},
         {"folder", watch_.options.path + "/" + std::string(spool::work_folder)},
         {"files", std::to_string(unconfirmed)}}
    );
}

void intake::obey(watch_options wanted) {
    auto& before = watch_.options.target;
    if (before != wanted.target) {
        watch_.former_targets.replace(before, with_.time.wall_now());
        // What stood still because of the old target is tried with the new one.
        watch_.gate.reopen();
    }
    watch_.options = std::move(wanted);
    auto& rules = watch_.options;
    send_groups(true);
    company_ = company(rules);
    groups_ = grouping(rules.coalesce);
    rules_ = spool::name_rules({rules.include, rules.exclude, rules.done_marker});
    settler_ = spool::settler({rules.done_marker.empty() ? rules.stable_for : 0s, 20'000});
    complained_.clear();
    trouble_.reset();
    see_anew();
    if (!watch_.folder) return;
    // Which folders below are watched, and whether at all, may have changed.
    for (auto& [number, name] : folders_) {
        if (with_.events) with_.events->remove(number);
    }
    folders_.clear();
    watch_folder("");
}

// Forgets what was seen and not claimed, and begins a scan of the whole folder.
void intake::see_anew() {
    settler_.clear();
    complete_.clear();
    queued_.clear();
    hinted_.clear();
    position_.reset();
    more_to_see_ = false;
    next_scan_ = with_.time.now();
}

}  // namespace kustodrop::pipeline
