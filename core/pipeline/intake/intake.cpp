// The loop of a watch: hints and scans in, complete files claimed. Opening and resuming stand in
// intake_open.cpp, what is made of hints and looks in intake_sightings.cpp.
#include "pipeline/intake/intake.hpp"

#include <algorithm>

namespace kustodrop::pipeline {

static constexpr std::size_t scan_limit = 10'000;
static constexpr duration room_check = 50ms;
static constexpr duration look_around = 5s;

asio::awaitable<void> intake::run() {
    while (!closed_ && !has_finished()) {
        take_changes();
        if (left_) {
            co_await stirred_.wait();
            continue;
        }
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
    ended_ = true;
}

asio::awaitable<void> intake::turn() {
    if (with_.time.now() >= next_scan_) co_await scan();
    if (!watch_.folder) co_return;
    co_await look_at_hints();
    for (auto& file : settler_.complete()) {
        if (queued_.insert(file.name).second) complete_.push_back(std::move(file));
    }
    release_held();
    co_await refresh_changed();
    if (may_claim()) co_await claim_complete();
    co_await inspect_gathered();
    send_groups(finishing_ || is_moving());
    // The scan showed only a slice: the next ones come when these are on their way.
    if (more_to_see_ && complete_.empty() && settler_.size() < options_.batch_files) {
        next_scan_ = with_.time.now();
    }
}

time_point intake::next_turn() const {
    // Others hold its sources, and space comes back, without a word to us.
    auto next = std::min(next_scan_, with_.time.now() + look_around);
    if (auto due = settler_.next_due()) next = std::min(next, *due);
    for (auto& [id, when] : changed_) next = std::min(next, when);
    if (!hinted_.empty()) return with_.time.now();
    if (auto due = watch_.gate.next_release(with_.time.now())) next = std::min(next, *due);
    if (auto due = groups_.next_due()) next = std::min(next, *due);
    // One batch follows the other; the other watches' come in between, in the workers' line.
    if (!complete_.empty() && may_claim()) return with_.time.now();
    if (!complete_.empty()) next = std::min(next, with_.time.now() + room_check);
    return next;
}

bool intake::may_claim() const { return !closed_ && !is_moving() && room() > 0; }

std::size_t intake::room() const {
    auto& counts = with_.sources.counts(watch_.options.name);
    auto pending = counts.pending_files + counts.parked_files;
    auto limit = watch_.options.max_pending_files;
    auto ours = limit > pending ? static_cast<std::size_t>(limit - pending) : 0;
    // What is not claimed is safe in the folder, and what cannot be recorded is not claimed.
    if (low_on_space_ || !with_.journal.healthy()) return 0;
    if (watch_.gate.is_paused()) {
        bool has_one_to_try = watch_.gate.held() > 0 || is_gathering();
        return std::min<std::size_t>(ours, has_one_to_try ? 0 : 1);
    }
    return std::min({ours, with_.ready.room(watch_.options.name), options_.batch_files});
}

asio::awaitable<void> intake::scan() {
    auto folder = watch_.folder;
    auto every = polling_ ? options_.poll_every : watch_.options.rescan_every;
    next_scan_ = with_.time.now() + every;
    watch_.kept.begin_scan();
    spool::scan_options asked;
    asked.recursive = watch_.options.recursive;
    // With enough at hand it is only asked how the folder is.
    asked.limit = complete_.size() < scan_limit ? scan_limit : 0;
    asked.wanted = [this](std::string_view name) {
        return rules_.accepts(name) || rules_.marked_by(name).has_value();
    };
    auto work = [folder, asked, from = position_]() -> result<scanned> {
        auto there = folder->verify();
        if (there.has_error()) return there.error();
        auto listed = folder->list(asked, from);
        if (listed.has_error()) return listed.error();
        auto space = folder->space();
        scanned out{std::move(*listed), std::nullopt};
        if (space) out.space = *space;
        return out;
    };
    auto seen = co_await offload(with_.pool, work);
    if (seen.has_error()) {
        close_folder(seen.error());
        co_return;
    }
    mind_space(seen->space);
    take_slice(std::move(seen->found));
}

void intake::take_slice(spool::scan found) {
    // Watch first, scan second: a folder that is new to us is scanned again at once.
    bool is_new = false;
    for (auto& name : found.folders) {
        bool known = std::ranges::any_of(folders_, [&](auto& one) { return one.second == name; });
        if (known || polling_) continue;
        watch_folder(name);
        is_new = true;
    }
    bool whole = !position_ && !found.next;
    if (!position_) {
        found_in_pass_ = 0;
        took_in_pass_ = false;
    }
    position_ = std::move(found.next);
    found_in_pass_ += found.found;
    waiting_in_folder_ = position_ ? std::max(waiting_in_folder_, found_in_pass_) : found_in_pass_;
    auto before = settler_.size();
    saw_all(found);
    took_in_pass_ = took_in_pass_ || settler_.size() > before;
    more_to_see_ = position_ || (!whole && took_in_pass_);
    if (is_new) next_scan_ = with_.time.now();
    if (whole && !found.truncated) forget_kept_but(found.sightings);
}

// Runs on a worker's thread.
intake::looks intake::look(
    const spool::drop_folder& folder,
    const std::vector<std::string>& names,
    const std::string& marker
) {
    looks out;
    for (auto& name : names) {
        auto seen = folder.look(name);
        if (seen.has_error()) continue;  // The next scan looks again.
        if (!*seen) {
            out.gone.push_back(name);
            continue;
        }
        looked file{std::move(**seen), true};
        if (!marker.empty()) {
            auto sign = folder.look(name + marker);
            file.marked = sign && *sign && spool::marks(**sign, file.seen);
        }
        out.seen.push_back(std::move(file));
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
    auto marker = watch_.options.done_marker;
    auto work = [folder, names, marker] { return look(*folder, names, marker); };
    auto found = co_await offload(with_.pool, work);
    for (auto& name : found.gone) settler_.gone(name);
    for (auto& file : found.seen) {
        auto hint = hints.find(file.seen.name);
        saw(file, hint != hints.end() && hint->second);
    }
}

// Runs on a worker's thread.
std::vector<intake::claimed> intake::claim(
    const spool::drop_folder& folder, std::vector<claimed> files, claim_how how
) {
    spool::open_folders through(folder.descriptor_of_root());
    for (auto& file : files) {
        auto slice = how.in_place ? folder.claim_in_place(file.seen)
                                  : folder.claim(file.seen, file.id, through);
        if (slice.has_error()) {
            file.problem = slice.error();
            continue;
        }
        file.slice = std::move(*slice);
        if (!how.marker.empty()) remove_marker(folder, file, file.seen.name + how.marker);
    }
    return files;
}

// The next file of that name needs a marker of its own.
void intake::remove_marker(const spool::drop_folder& folder, claimed& file, std::string name) {
    auto sign = folder.look(name);
    if (!sign || !*sign) return;
    spool::slice spent{name, name, 0, (*sign)->identity.size_bytes, (*sign)->identity};
    auto removed = folder.remove(spent, file.id);
    if (removed.has_error()) file.problem = removed.error();
}

asio::awaitable<void> intake::claim_complete() {
    auto count = std::min(room(), complete_.size());
    if (count == 0) co_return;
    auto folder = watch_.folder;
    std::vector<claimed> files;
    auto end = complete_.begin() + static_cast<std::ptrdiff_t>(count);
    for (auto at = complete_.begin(); at != end; ++at) {
        claimed file;
        queued_.erase(at->name);
        file.seen = std::move(*at);
        file.id = spool::make_source_id(with_.random, with_.time.wall_now());
        files.push_back(std::move(file));
    }
    complete_.erase(complete_.begin(), end);
    claim_how how{watch_.in_place, watch_.read_only ? "" : watch_.options.done_marker};
    auto work = [folder, how, files = std::move(files)]() mutable {
        return claim(*folder, std::move(files), how);
    };
    auto done = co_await offload(with_.pool, std::move(work));
    for (auto& file : done) {
        if (file.problem && file.problem->code != errc::file_vanished) {
            complain(file.seen.name, *file.problem);
        }
        if (!file.slice) continue;
        // What the last scan has counted; the next may be far.
        if (waiting_in_folder_ > 0) --waiting_in_folder_;
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
    if (watch_.in_place) watch_.kept.begin(what.slices.front().name);
    auto& file = what.slices.front();
    bool alone = company_.alone_because(file.name, file.length_bytes).has_value();
    // One that may have been posted goes on under its own id, which its word will have.
    if (!alone && what.ambiguous_posts == 0) return gather(std::move(what));
    auto& admitted = with_.sources.admit(std::move(what));
    with_.log.debug(
        "claimed",
        {{"watch", admitted.watch}, {"source", admitted.id}, {"file", admitted.slices.front().name}}
    );
    // The journal that knew it is lost: it may have been posted, and its word may come.
    if (admitted.ambiguous_posts > 0) next_.unanswered(admitted);
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
            settle_vanished(resuming(), *what);
            continue;
        }
        auto& last = what->slices.back();
        auto& now = (*seen)->identity;
        // Another file of that name, or one that was cut: nothing of it has been shipped.
        bool same_file = now.same_file(last.identity);
        if (!same_file || now.size_bytes < last.offset) last.offset = 0;
        last.identity = now;
        last.length_bytes = last.identity.size_bytes - last.offset;
        with_.sources.note(*what);
        with_.ready.push(id, with_.time.now());
    }
}

void intake::close() {
    closed_ = true;
    send_groups(true);
    stirred_.notify_all();
}

}  // namespace kustodrop::pipeline
