#include "pipeline/intake/watching/watching.hpp"

#include "pipeline/intake/watching/file_looks.hpp"
#include "spool/folder/scanning.hpp"

#include <set>
#include <utility>

namespace kustodrop::pipeline {

static constexpr std::size_t scan_limit = 10'000;
static constexpr std::size_t folders_limit = 5'000;

watching::watching(watch& of, intake_parts parts, intake_options options)
    : watch_(of),
      with_(parts),
      options_(std::move(options)),
      files_(of.options),
      events_(of, parts.events, parts.log, parts.measured),
      routed_(of),
      refused_(of.options.name, parts.log),
      notices_(of.options.name, parts.log) {}

void watching::open(spool::medium_kind medium, std::string stays_because) {
    stays_because_ = std::move(stays_because);
    may_claim_now_ = false;
    files_.clear();
    waiting_.clear();
    events_.start(medium);
    schedule_.start_pass(with_.time.now());
}

void watching::close() {
    events_.stop();
    schedule_.forget_waiting();
    waiting_.clear();
    stays_because_.clear();
    may_claim_now_ = false;
    low_on_space_ = false;
}

void watching::set_options() {
    files_ = observed_files(watch_.options);
    refused_.clear();
    waiting_.clear();
    notices_.clear();
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
    auto folder = events_.folder(event.watch);
    bool is_of_folder_itself = event.name.empty();
    auto name = folder + (folder.empty() || is_of_folder_itself ? "" : "/") + event.name;
    if (event.meaning == spool::event_meaning::went) waiting_.remove(name);
    auto wanted = files_.note_event(event.meaning, name);
    bool has_left = event.meaning == spool::event_meaning::folder_went || is_of_folder_itself;
    if (has_left) events_.leave(name);
    if (wanted == request::scan) schedule_.scan_soon(with_.time.now());
    if (wanted == request::full_scan) scan_all();
    return wanted != request::nothing;
}

void watching::scan_all() {
    files_.forget_hints();
    schedule_.start_pass(with_.time.now());
}

void watching::lose_events() {
    events_.restart();
    scan_all();
}

asio::awaitable<result<void>> watching::observe() {
    if (routed_.has_freed()) schedule_.start_pass(with_.time.now());
    // After the pass in hand: files that are renamed all the time must not keep it from its end.
    bool may_begin = !schedule_.position();
    if (may_begin && watch_.kept.take_unseen()) schedule_.scan_soon(with_.time.now());
    if (schedule_.is_scan_due(with_.time.now())) {
        auto seen = co_await scan();
        if (seen.has_error()) co_return seen.error();
    }
    co_await look();
    refused_.flush(with_.time.now());
    co_return result<void>();
}

// Runs on a worker's thread. Watch first, scan second.
template <class Scanned>
static Scanned scan_and_watch(
    const spool::drop_folder& folder,
    const spool::scan_options& asked,
    const std::optional<spool::scan_position>& from,
    spool::inotify* events,
    bool read_only
) {
    Scanned out;
    auto there = folder.verify();
    if (there.has_error()) {
        out.problem = there.error();
        return out;
    }
    if (events) out.root = request_events(folder, *events, {""});
    auto listed = spool::scan_folder(folder, asked, from);
    if (listed.has_error()) {
        out.problem = listed.error();
        return out;
    }
    out.found = std::move(*listed);
    if (auto space = folder.space()) out.space = *space;
    if (!read_only) return out;
    if (auto advice = folder.advice()) out.advice = *advice;
    return out;
}

asio::awaitable<result<void>> watching::scan() {
    auto folder = watch_.folder;
    auto every = events_.polls() ? options_.poll_every : options_.rescan_every;
    schedule_.begin_scan(with_.time.now(), every);
    if (!schedule_.position()) begin_pass();
    spool::scan_options asked;
    asked.recursive = watch_.options.recursive;
    // With enough files at hand the scan only shows whether the folder is still there.
    asked.limit = files_.complete() < scan_limit ? scan_limit : 0;
    asked.folders = folders_limit;
    asked.wanted = [this](std::string_view name) { return files_.wants(name); };
    auto* events = events_.wants_root() ? events_.events() : nullptr;
    bool read_only = watch_.read_only;
    auto work = [folder, asked, events, read_only, from = schedule_.position()] {
        return scan_and_watch<scanned>(*folder, asked, from, events, read_only);
    };
    auto seen = co_await offload(with_.pool, work);
    bool is_new = events_.take(seen.root);
    if (seen.problem) co_return *seen.problem;
    note_space(seen.space);
    note_advice(seen.advice);
    bool has_new_folder = co_await watch_subfolders(seen.found.folders);
    take_slice(std::move(seen.found), is_new || has_new_folder);
    co_return result<void>();
}

asio::awaitable<bool> watching::watch_subfolders(std::vector<std::string> met) {
    auto fresh = events_.unwatched(met);
    if (fresh.empty()) co_return false;
    auto folder = watch_.folder;
    auto* events = events_.events();
    auto work = [folder, events, fresh = std::move(fresh)]() mutable {
        return request_events(*folder, *events, std::move(fresh));
    };
    auto requested = co_await offload(with_.pool, std::move(work));
    co_return events_.take(requested);
}

void watching::begin_pass() {
    pass_ = {};
    pass_.is_one_scan = !files_.needs_markers();  // Else a file is known after a look only.
    events_.begin_pass();
    watch_.kept.begin_pass();
    notices_.begin_pass();
    waiting_.begin_pass();
}

// Where a folder was not watched before, all is scanned once more, at once: what happened between
// the scan and now was an event of a folder that was not known yet.
void watching::take_slice(spool::scan found, bool has_new_folder) {
    auto before = files_.settling();
    route_refusals refused;
    for (auto& seen : found.sightings) refused.push_back(unrouted(seen));
    if (files_.needs_markers()) {
        files_.note_marked(found);
    } else {
        bool is_fresh = watch_.folder->medium().is_local();
        for (std::size_t i = 0; i < refused.size(); ++i) {
            note({found.sightings[i], {}, false, is_fresh}, refused[i]);
        }
    }
    count_left(found, refused);
    if (found.unreadable_folders > 0) pass_.saw_all = false;
    schedule::slice slice;
    for (std::size_t i = 0; i < refused.size(); ++i) {
        if (!refused[i] && files_.waits(found.sightings[i], watch_.kept)) ++slice.files;
    }
    slice.next = std::move(found.next);
    slice.brought_files = has_new_folder || files_.settling() > before;
    bool is_whole = schedule_.finish_slice(std::move(slice));
    if (!is_whole) pass_.is_one_scan = false;
    pass_.has_new_folder = pass_.has_new_folder || has_new_folder;
    bool has_ended = is_whole || schedule_.has_ended_pass();
    if (has_ended && pass_.has_new_folder) schedule_.scan_now(with_.time.now());
    if (schedule_.has_ended_pass()) end_pass();
}

// What the folder keeps, and why.
void watching::count_left(const spool::scan& found, const route_refusals& refused) {
    for (std::size_t i = 0; i < refused.size(); ++i) {
        auto& seen = found.sightings[i];
        watch_.kept.met(seen.name);
        waiting_.met(seen.name);
        auto why = files_.is_shipped(seen.name) ? refusal_of(seen) : std::nullopt;
        if (why) notices_.left(why->code.text(), seen.name, why->message());
        if (!why && refused[i]) notices_.left(refused[i]->code, seen.name, refused[i]->detail);
    }
    if (found.skipped_folders == 0) return;
    static constexpr auto code = "not_recursive";
    static constexpr auto detail =
        "a folder below the watched one is left alone: the watch is not recursive";
    notices_.left(code, found.skipped_folder, detail, found.skipped_folders);
    notices_.say_once(code, found.skipped_folder, detail);
}

void watching::end_pass() {
    notices_.end_pass();
    if (events_.end_pass()) schedule_.scan_now(with_.time.now());
    if (!pass_.saw_all) return;
    waiting_.end_pass();
    if (watch_.kept.empty()) return;
    for (auto& name : watch_.kept.forget_absent(pass_.is_one_scan)) {
        with_.journal.forget_kept(watch_.options.name, name);
    }
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
    for (auto& one : found.seen) note(one, unrouted(one.seen));
}

void watching::note(const observed_files::look& one, const unrouted_file& why) {
    if (why) refused_.report(one.seen.name, *why, with_.time.now());
    bool is_kept_out = !why && routed_.keeps_out(one.seen.name);
    if (is_kept_out) waiting_.add(one.seen.name, with_.time.now());
    if (why || is_kept_out) return files_.note_absent(one.seen.name);
    auto effect = files_.note(one, watch_.kept, with_.time.now());
    for (auto& name : effect.kept.forgotten) {
        with_.journal.forget_kept(watch_.options.name, name);
    }
    for (auto& file : effect.kept.recorded) with_.journal.record_kept(file);
    if (!effect.refused) return;
    refused_.report(one.seen.name, *effect.refused, with_.time.now());
    // What is not a file is never shipped, and a marker may still come.
    bool waits =
        effect.refused->code == errc::unreadable || effect.refused->code == errc::hard_link;
    if (waits) waiting_.add(one.seen.name, with_.time.now());
}

void watching::note_claimed(const std::string& name) {
    schedule_.claimed_one();
    if (!copies_.matches_time(routed_.pattern_of(name), name)) {
        notices_.shipped(
            "no_creation_time",
            name,
            "creation_time_pattern does not match a name: such files are shipped without a "
            "creation time"
        );
    }
    auto kept = [this](const std::string& other) { return watch_.kept.contains(other); };
    if (copies_.has_both(name, kept)) {
        notices_.shipped(
            "compressed_copy",
            name,
            "a file and a compressed one of the same name are both shipped: if one is a copy of "
            "the other, its rows are in the table twice; use exclude"
        );
    }
}

bool is_unexpectedly_in_place(const watch_options& wanted, const std::string& stays_because) {
    if (stays_because.empty()) return false;
    return wanted.claim != claim_mode::in_place || wanted.on_success != success_action::keep;
}

std::vector<notice> watching::notices() const {
    auto out = notices_.all();
    for (auto& one : waiting_.refused()) out.push_back(one);
    if (is_unexpectedly_in_place(watch_.options, stays_because_)) {
        auto detail = stays_because_ + ": files are shipped in place and stay there";
        out.push_back({"in_place", 0, "", detail});
    }
    if (auto& why = events_.problem()) {
        auto detail = std::to_string(events_.watched()) + " folders are watched for events; all " +
                      "are polled: " + why->message();
        out.push_back({why->code.text(), 0, "", detail});
    }
    return out;
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

// The reason may change while the folder still cannot be changed.
void watching::note_advice(const std::optional<spool::claim_advice>& advice) {
    if (!advice) return;
    may_claim_now_ = advice->rename;
    if (!advice->rename) stays_because_ = advice->reason;
}

void watching::note_space(const std::optional<spool::disk_space>& space) {
    auto wanted = watch_.options.min_free_percent;
    bool low = space && wanted > 0 && space->free_percent() < wanted;
    if (low == low_on_space_) return;
    low_on_space_ = low;
    if (low) {
        with_.log.error(
            "too little space is free: the archive is cleared; files are shipped as before",
            {{"watch", watch_.options.name},
             {"free_bytes", std::to_string(space->free_bytes)},
             {"free_inodes", std::to_string(space->free_files)},
             {"min_free_percent", std::to_string(wanted)}}
        );
    } else {
        with_.log.info("enough space is free again", {{"watch", watch_.options.name}});
    }
}

}  // namespace kustodrop::pipeline
