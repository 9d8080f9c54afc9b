// The loop of a watch: hints and scans in, complete files claimed. Opening and resuming stand in
// intake_open.cpp.
#include "pipeline/intake.hpp"

#include <algorithm>

namespace kustodrop::pipeline {

static constexpr std::size_t most_hints = 10'000;
static constexpr std::size_t scan_limit = 10'000;
static constexpr duration room_check = 50ms;

asio::awaitable<void> intake::run() {
    while (!closed_) {
        if (!watch_.folder) {
            auto opened = co_await try_open();
            if (opened.has_error()) {
                auto later = with_.time.now() + options_.absent_check;
                co_await wait_until(stirred_, with_.time, later);
                continue;
            }
        }
        co_await turn();
        if (!closed_) co_await wait_until(stirred_, with_.time, next_turn());
    }
}

asio::awaitable<void> intake::turn() {
    if (with_.time.now() >= next_scan_) co_await scan();
    if (!watch_.folder) co_return;
    co_await look_at_hints();
    for (auto& file : settler_.complete()) complete_.push_back(std::move(file));
    co_await refresh_changed();
    if (!closed_) co_await claim_complete();
    // The scan showed only the oldest: the next ones come when these are on their way.
    if (truncated_ && complete_.empty() && settler_.size() < options_.batch_files) {
        next_scan_ = with_.time.now();
    }
}

time_point intake::next_turn() const {
    auto next = next_scan_;
    if (auto due = settler_.next_due()) next = std::min(next, *due);
    for (auto& [id, when] : changed_) next = std::min(next, when);
    if (!hinted_.empty()) return with_.time.now();
    if (!complete_.empty()) next = std::min(next, with_.time.now() + room_check);
    return next;
}

std::size_t intake::room() const {
    auto& counts = with_.sources.counts(watch_.options.name);
    auto pending = counts.pending_files + counts.parked_files;
    auto limit = watch_.options.max_pending_files;
    auto ours = limit > pending ? static_cast<std::size_t>(limit - pending) : 0;
    return std::min({ours, with_.ready.room(), options_.batch_files});
}

asio::awaitable<void> intake::scan() {
    auto folder = watch_.folder;
    auto every = polling_ ? options_.poll_every : watch_.options.rescan_every;
    next_scan_ = with_.time.now() + every;
    spool::scan_options asked;
    asked.recursive = watch_.options.recursive;
    asked.limit = scan_limit;
    asked.wanted = [this](std::string_view name) { return rules_.accepts(name); };
    auto work = [folder, asked]() -> result<spool::scan> {
        auto there = folder->verify();
        if (there.has_error()) return there.error();
        return folder->list(asked);
    };
    auto found = co_await offload(with_.pool, work);
    if (found.has_error()) {
        close_folder(found.error());
        co_return;
    }
    // Watch first, scan second: a folder that is new to us is scanned again at once.
    for (auto& name : found->folders) {
        bool known = std::ranges::any_of(folders_, [&](auto& one) { return one.second == name; });
        if (known || polling_) continue;
        watch_folder(name);
        next_scan_ = with_.time.now();
    }
    truncated_ = found->truncated;
    waiting_in_folder_ = found->found;
    for (auto& seen : found->sightings) saw(seen, false);
    if (!found->truncated) forget_kept_but(found->sightings);
}

void intake::saw(const spool::sighting& seen, bool closed) {
    if (!rules_.accepts(seen.name) || is_kept(seen)) return;
    if (seen.kind == spool::file_kind::folder) return;
    if (seen.kind != spool::file_kind::regular) {
        auto kind = std::string(to_string(seen.kind));
        complain(seen.name, {"not_a_file", remedy::give_up, "it is a " + kind + ", not a file"});
        return;
    }
    if (seen.links > 1) {
        complain(
            seen.name,
            {"hard_link",
             remedy::give_up,
             "other names lead to the same file; it is taken when this is its only one"}
        );
        return;
    }
    if (!seen.readable) {
        complain(seen.name, {"unreadable", remedy::reconfigure, "the daemon may not read it"});
        return;
    }
    settler_.saw(seen, with_.time.now(), closed);
}

bool intake::is_kept(const spool::sighting& seen) {
    auto found = watch_.kept.find(seen.name);
    if (found == watch_.kept.end()) return false;
    if (found->second.same_content(seen.identity)) return true;
    with_.journal.forget_kept(watch_.options.name, seen.name);
    watch_.kept.erase(found);
    return false;
}

void intake::forget_kept_but(const std::vector<spool::sighting>& seen) {
    if (watch_.kept.empty()) return;
    std::set<std::string_view> there;
    for (auto& one : seen) there.insert(one.name);
    std::erase_if(watch_.kept, [&](auto& kept) {
        if (there.contains(kept.first)) return false;
        with_.journal.forget_kept(watch_.options.name, kept.first);
        return true;
    });
}

void intake::complain(const std::string& name, const failure& problem) {
    if (complained_.size() > most_hints) complained_.clear();
    if (!complained_.insert(name + '\0' + problem.code).second) return;
    with_.log.warning(
        "left in the folder",
        {{"watch", watch_.options.name},
         {"file", name},
         {"code", problem.code},
         {"detail", problem.detail}}
    );
}

// Runs on a worker's thread.
intake::looks intake::look(
    const spool::drop_folder& folder, const std::vector<std::string>& names
) {
    looks out;
    for (auto& name : names) {
        auto seen = folder.look(name);
        if (seen.has_error()) continue;  // The next scan looks again.
        if (*seen) {
            out.seen.push_back(std::move(**seen));
        } else {
            out.gone.push_back(name);
        }
    }
    return out;
}

asio::awaitable<void> intake::look_at_hints() {
    auto folder = watch_.folder;
    auto hints = std::exchange(hinted_, {});
    std::vector<std::string> names;
    for (auto& [name, closed] : hints) names.push_back(name);
    for (auto& name : settler_.due(with_.time.now(), options_.batch_files)) {
        if (!hints.contains(name)) names.push_back(name);
    }
    if (names.empty()) co_return;
    auto work = [folder, names] { return look(*folder, names); };
    auto found = co_await offload(with_.pool, work);
    for (auto& name : found.gone) settler_.gone(name);
    for (auto& seen : found.seen) {
        auto hint = hints.find(seen.name);
        saw(seen, hint != hints.end() && hint->second);
    }
}

// Runs on a worker's thread.
std::vector<intake::claimed> intake::claim(
    const spool::drop_folder& folder, std::vector<claimed> files
) {
    for (auto& file : files) {
        auto slice = folder.claim(file.seen, file.id);
        if (slice.has_error()) {
            file.problem = slice.error();
        } else {
            file.slice = std::move(*slice);
        }
    }
    return files;
}

asio::awaitable<void> intake::claim_complete() {
    auto count = std::min(room(), complete_.size());
    if (count == 0) co_return;
    auto folder = watch_.folder;
    std::vector<claimed> files;
    auto end = complete_.begin() + static_cast<std::ptrdiff_t>(count);
    for (auto at = complete_.begin(); at != end; ++at) {
        claimed file;
        file.seen = std::move(*at);
        file.id = make_guid(with_.random);
        files.push_back(std::move(file));
    }
    complete_.erase(complete_.begin(), end);
    auto work = [folder, files] { return claim(*folder, files); };
    auto done = co_await offload(with_.pool, work);
    for (auto& file : done) {
        if (file.problem && file.problem->code != "file_vanished") {
            complain(file.seen.name, *file.problem);
        }
        if (!file.slice) continue;
        spool::source what;
        what.id = file.id;
        what.slices.push_back(std::move(*file.slice));
        admit(std::move(what));
    }
}

void intake::admit(spool::source what) {
    what.watch = watch_.options.name;
    what.target = watch_.options.target.name();
    what.claimed_at = with_.time.wall_now();
    auto& admitted = with_.sources.admit(std::move(what));
    with_.log.debug(
        "claimed",
        {{"watch", admitted.watch}, {"source", admitted.id}, {"file", admitted.slices.front().name}}
    );
    with_.ready.push(admitted.id, with_.time.now());
}

void intake::look_again(const spool::source& what) {
    changed_.insert_or_assign(what.id, with_.time.now() + watch_.options.stable_for);
    stirred_.notify_all();
}

// A claimed file that was not what it had been is shipped as it is now, or not at all.
asio::awaitable<void> intake::refresh_changed() {
    auto folder = watch_.folder;
    std::vector<std::string> due;
    for (auto& [id, when] : changed_) {
        if (when <= with_.time.now()) due.push_back(id);
    }
    for (auto& id : due) {
        changed_.erase(id);
        auto* what = with_.sources.find(id);
        if (!what) continue;
        auto location = what->slices.back().location;
        auto work = [folder, location] { return folder->look(location); };
        auto seen = co_await offload(with_.pool, work);
        what = with_.sources.find(id);
        if (!what) continue;
        if (seen.has_error()) {
            look_again(*what);
            continue;
        }
        if (!*seen) {
            vanished(*what);
            continue;
        }
        auto& last = what->slices.back();
        last.identity = (*seen)->identity;
        last.offset = std::min(last.offset, last.identity.size_bytes);
        last.length_bytes = last.identity.size_bytes - last.offset;
        with_.sources.note(*what);
        with_.ready.push(id, with_.time.now());
    }
}

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
    if (!rules_.accepts(name)) hinted_.erase(name);
    if (hinted_.size() > most_hints) lost_events();
    stirred_.notify_all();
}

void intake::lost_events() {
    hinted_.clear();
    next_scan_ = with_.time.now();
    stirred_.notify_all();
}

void intake::close() {
    closed_ = true;
    stirred_.notify_all();
}

}  // namespace kustodrop::pipeline
