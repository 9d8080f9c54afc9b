#include "pipeline/intake/watching/watching.hpp"

#include "spool/folder/scanning.hpp"

#include <set>
#include <utility>

namespace kustodrop::pipeline {

static constexpr std::size_t scan_limit = 10'000;

watching::watching(watch& of, intake_parts parts, intake_options options)
    : watch_(of),
      with_(parts),
      options_(std::move(options)),
      files_(of.options),
      events_(of, parts.events, parts.log, parts.measured),
      refused_(of.options.name, parts.log) {}

void watching::open(spool::medium_kind medium) {
    files_.clear();
    waiting_.clear();
    events_.start(medium);
    schedule_.start_pass(with_.time.now());
}

void watching::close() {
    events_.stop();
    schedule_.forget_waiting();
    waiting_.clear();
    low_on_space_ = false;
}

void watching::set_options() {
    files_ = observed_files(watch_.options);
    refused_.clear();
    waiting_.clear();
    schedule_.start_pass(with_.time.now());
    if (!watch_.folder) return;
    // Which folders below are watched, and whether any is, may have changed.
    events_.restart();
}

void watching::begin_last_look() {
    files_.clear();
    files_.stop_waiting();
    schedule_.start_pass(with_.time.now());
}

bool watching::note_event(const spool::folder_event& event) {
    using request = observed_files::request;
    if (event.meaning == spool::event_meaning::ignored) {
        events_.forget(event.watch);
        return false;
    }
    auto& folder = events_.folder(event.watch);
    auto name = folder.empty() ? event.name : folder + "/" + event.name;
    if (event.meaning == spool::event_meaning::went) waiting_.remove(name);
    auto wanted = files_.note_event(event.meaning, name);
    if (wanted == request::scan) schedule_.scan_now(with_.time.now());
    if (wanted == request::full_scan) scan_all();
    return wanted != request::nothing;
}

void watching::scan_all() {
    files_.forget_hints();
    schedule_.start_pass(with_.time.now());
}

asio::awaitable<result<void>> watching::observe() {
    if (schedule_.is_scan_due(with_.time.now())) {
        auto seen = co_await scan();
        if (seen.has_error()) co_return seen.error();
    }
    co_await look();
    co_return result<void>();
}

asio::awaitable<result<void>> watching::scan() {
    auto folder = watch_.folder;
    auto every = events_.polls() ? options_.poll_every : watch_.options.rescan_every;
    schedule_.begin_scan(with_.time.now(), every);
    watch_.kept.begin_scan();
    spool::scan_options asked;
    asked.recursive = watch_.options.recursive;
    // With enough files at hand the scan only shows whether the folder is still there.
    asked.limit = files_.complete() < scan_limit ? scan_limit : 0;
    asked.wanted = [this](std::string_view name) { return files_.wants(name); };
    auto work = [folder, asked, from = schedule_.position()]() -> result<scanned> {
        auto there = folder->verify();
        if (there.has_error()) return there.error();
        auto listed = spool::scan_folder(*folder, asked, from);
        if (listed.has_error()) return listed.error();
        auto space = folder->space();
        scanned out{std::move(*listed), std::nullopt};
        if (space) out.space = *space;
        return out;
    };
    auto seen = co_await offload(with_.pool, work);
    if (seen.has_error()) co_return seen.error();
    note_space(seen->space);
    take_slice(std::move(seen->found));
    co_return result<void>();
}

void watching::take_slice(spool::scan found) {
    // Watch first, scan second: a folder that was not watched is scanned again at once.
    bool has_new_folder = false;
    for (auto& name : found.folders) has_new_folder = events_.add(name) || has_new_folder;
    auto before = files_.settling();
    if (files_.needs_markers()) {
        files_.note_marked(found);
    } else {
        bool is_fresh = watch_.folder->medium().is_local();
        for (auto& seen : found.sightings) note({seen, {}, false, is_fresh});
    }
    schedule::slice slice{found.found, std::move(found.next), files_.settling() > before};
    bool is_whole = schedule_.finish_slice(std::move(slice));
    if (has_new_folder) schedule_.scan_now(with_.time.now());
    bool has_names = !watch_.kept.empty() || !waiting_.empty();
    if (!is_whole || found.truncated || !has_names) return;
    std::set<std::string_view> present;
    for (auto& seen : found.sightings) present.insert(seen.name);
    waiting_.keep_only(present);
    for (auto& name : watch_.kept.forget_absent(present)) {
        with_.journal.forget_kept(watch_.options.name, name);
    }
}

namespace {
struct looks {
    std::vector<observed_files::look> seen;
    std::vector<std::string> absent;
};
}  // namespace

// Runs on a worker's thread.
static looks look_at_files(
    const spool::drop_folder& folder,
    const observed_files::look_list& wanted,
    const std::string& marker
) {
    looks out;
    for (auto& name : wanted.names) {
        auto seen = folder.look(name);
        if (seen.has_error()) continue;  // The next scan looks again.
        if (!*seen) {
            out.absent.push_back(name);
            continue;
        }
        observed_files::look one{std::move(**seen), {}, wanted.closed.contains(name)};
        if (!marker.empty()) {
            if (auto found = folder.look(name + marker)) one.marker = std::move(*found);
        }
        out.seen.push_back(std::move(one));
    }
    return out;
}

asio::awaitable<void> watching::look() {
    auto folder = watch_.folder;
    auto wanted = files_.take_looks(with_.time.now(), options_.batch_files);
    if (wanted.names.empty()) co_return;
    auto marker = watch_.options.done_marker;
    auto work = [folder, wanted, marker] { return look_at_files(*folder, wanted, marker); };
    auto found = co_await offload(with_.pool, work);
    for (auto& name : found.absent) {
        files_.note_absent(name);
        waiting_.remove(name);
    }
    for (auto& one : found.seen) note(one);
}

void watching::note(const observed_files::look& one) {
    auto effect = files_.note(one, watch_.kept, with_.time.now());
    for (auto& name : effect.kept.forgotten) {
        with_.journal.forget_kept(watch_.options.name, name);
    }
    for (auto& file : effect.kept.recorded) with_.journal.record_kept(file);
    if (effect.refused) refused_.report(one.seen.name, *effect.refused);
    // What is not a file is never shipped, and a marker may still come.
    bool waits = effect.refused && (effect.refused->code == errc::unreadable ||
                                    effect.refused->code == errc::hard_link);
    if (waits) waiting_.add(one.seen.name, with_.time.now());
}

std::vector<spool::sighting> watching::take_complete(std::size_t count) {
    return files_.take_complete(count);
}

void watching::plan_next_slice() {
    bool has_little = files_.complete() == 0 && files_.settling() < options_.batch_files;
    if (schedule_.has_more_to_scan() && has_little) schedule_.scan_now(with_.time.now());
}

schedule::reasons watching::reasons() const {
    schedule::reasons out;
    out.has_hints = files_.has_hints();
    out.has_complete = files_.complete() > 0;
    out.look_due = files_.look_due();
    return out;
}

void watching::note_space(const std::optional<spool::disk_space>& space) {
    auto wanted = watch_.options.min_free_percent;
    bool low = space && wanted > 0 && space->free_percent() < wanted;
    if (low == low_on_space_) return;
    low_on_space_ = low;
    if (low) {
        with_.log.error(
            "too little disk space is free: the archive is cleared; files are shipped as before",
            {{"watch", watch_.options.name},
             {"free_bytes", std::to_string(space->free_bytes)},
             {"free_inodes", std::to_string(space->free_files)},
             {"min_free_percent", std::to_string(wanted)}}
        );
    } else {
        with_.log.info("enough disk space is free again", {{"watch", watch_.options.name}});
    }
}

}  // namespace kustodrop::pipeline
