// What a watch makes of hints and of what a look shows.
#include "base/defect.hpp"
#include "pipeline/intake/intake.hpp"

namespace kustodrop::pipeline {

static constexpr std::size_t most_hints = 10'000;

void intake::hint(const spool::folder_event& event) {
    using spool::event_meaning;
    auto found = folders_.find(event.watch);
    if (found == folders_.end()) return;
    auto name = found->second.empty() ? event.name : found->second + "/" + event.name;
    switch (event.meaning) {
    case event_meaning::closed:
    case event_meaning::moved_in:
        hinted_[name] = true;
        break;
    case event_meaning::appeared:
    case event_meaning::attributes:
        hinted_.try_emplace(name, false);
        break;
    case event_meaning::went:
        settler_.gone(name);
        return;
    case event_meaning::folder_appeared:
        if (watch_.options.recursive) next_scan_ = with_.time.now();
        break;
    case event_meaning::root_gone:
        next_scan_ = with_.time.now();
        break;
    case event_meaning::ignored:
        folders_.erase(found);
        return;
    case event_meaning::folder_went:
    case event_meaning::overflow:
    case event_meaning::nothing:
        return;
    }
    if (auto marked = rules_.marked_by(name)) hinted_[*marked] = true;
    if (!rules_.accepts(name)) hinted_.erase(name);
    if (hinted_.size() > most_hints) lost_events();
    stirred_.notify_all();
}

void intake::lost_events() {
    hinted_.clear();
    position_.reset();  // What was missed may lie before it.
    next_scan_ = with_.time.now();
    stirred_.notify_all();
}

void intake::saw_all(const spool::scan& found) {
    if (watch_.options.done_marker.empty()) {
        for (auto& seen : found.sightings) saw({seen, true}, false);
        return;
    }
    std::set<std::string> marked;
    for (auto& seen : found.sightings) {
        if (auto name = rules_.marked_by(seen.name)) marked.insert(*name);
    }
    for (auto& seen : found.sightings) {
        // The marker may be among what was left out.
        if (found.truncated || marked.contains(seen.name)) hinted_.try_emplace(seen.name, false);
    }
}

void intake::mind_space(const std::optional<spool::disk_space>& space) {
    auto wanted = watch_.options.min_free_percent;
    bool low = space && wanted > 0 && space->free_percent() < wanted;
    if (low == low_on_space_) return;
    low_on_space_ = low;
    if (low) {
        with_.log.error(
            "too little space is free: files wait in the folder",
            {{"watch", watch_.options.name},
             {"free_bytes", std::to_string(space->free_bytes)},
             {"min_free_percent", std::to_string(wanted)}}
        );
    } else {
        with_.log.info("there is space again", {{"watch", watch_.options.name}});
    }
}

// What waits until the target is right goes on when it is, and one now and then to see.
void intake::release_held() {
    auto now = with_.time.now();
    auto ids = watch_.gate.release(now);
    if (ids.empty()) return;
    if (!watch_.gate.is_paused()) {
        with_.log.info("the watch goes on", {{"watch", watch_.options.name}});
    }
    for (auto& id : ids) with_.ready.push(std::move(id), now);
}

void intake::saw(const looked& file, bool closed) {
    auto& seen = file.seen;
    if (!rules_.accepts(seen.name) || queued_.contains(seen.name)) return;
    if (watch_.kept.is_in_flight(seen.name) || is_kept(seen)) {
        settler_.gone(seen.name);
        return;
    }
    if (seen.kind == spool::file_kind::folder) return;
    if (seen.kind != spool::file_kind::regular) {
        auto kind = std::string(to_string(seen.kind));
        complain(
            seen.name, {errc::not_a_file, remedy::give_up, "it is a " + kind + ", not a file"}
        );
        return;
    }
    if (seen.links > 1 && !defect("take_hard_links")) {
        complain(
            seen.name,
            {errc::hard_link,
             remedy::give_up,
             "other names lead to the same file; it is taken when this is its only one"}
        );
        return;
    }
    if (!seen.readable) {
        complain(seen.name, {errc::unreadable, remedy::reconfigure, "the daemon may not read it"});
        return;
    }
    auto now = with_.time.now();
    if (watch_.options.done_marker.empty()) {
        settler_.saw(seen, now, closed);
    } else if (file.marked) {
        // The marker is proof enough: no second look is waited for.
        settler_.saw(seen, now, closed);
        settler_.saw(seen, now, false);
    }
}

bool intake::is_kept(const spool::sighting& seen) {
    auto* known = watch_.kept.find(seen.name);
    if (!known) return false;
    if (known->same_content(seen.identity)) return true;
    bool same_inode = known->inode == seen.identity.inode;
    if (same_inode && defect("trust_the_inode")) return true;
    with_.journal.forget_kept(watch_.options.name, seen.name);
    watch_.kept.forget(seen.name);
    return false;
}

void intake::forget_kept_but(const std::vector<spool::sighting>& seen) {
    if (watch_.kept.empty()) return;
    std::set<std::string_view> there;
    for (auto& one : seen) there.insert(one.name);
    for (auto& name : watch_.kept.forget_absent(there)) {
        with_.journal.forget_kept(watch_.options.name, name);
    }
}

void intake::complain(const std::string& name, const failure& problem) {
    if (complained_.size() > most_hints) complained_.clear();
    if (!complained_.insert(name + '\0' + problem.code.text()).second) return;
    with_.log.warning(
        "left in the folder",
        {{"watch", watch_.options.name},
         {"file", name},
         {"code", problem.code.text()},
         {"detail", problem.message()}}
    );
}

}  // namespace kustodrop::pipeline
