#include "pipeline/shipping/shipper.hpp"

#include "azure/storage/storage_error.hpp"
#include "base/text.hpp"
#include "pipeline/shipping/guarded.hpp"
#include "pipeline/shipping/uploading/blob_cluster.hpp"
#include "pipeline/shipping/uploading/byte_counts.hpp"
#include "pipeline/watch/hung_folder.hpp"

#include <memory>

namespace kustodrop::pipeline {

using spool::source;
namespace stage = spool::stage;

// How long a source waits for a folder that is absent before it is looked for again.
static constexpr duration absent_folder_pause = 5s;

// A compressed file that ends too early and rests for so many times stable_for is not waited for
// any longer.
static constexpr int patience_with_writers = 30;

shipper::shipper(shipper_parts parts, shipper_options options, routing& next)
    : with_(std::move(parts)),
      options_(std::move(options)),
      next_(next),
      lanes_(with_.pool, with_.log, reading_lanes::reads_for(options_.threads())),
      holds_(with_.log),
      target_hold_(with_.ready, with_.watches, with_.time, with_.log),
      attempts_(with_.log, with_.time),
      opening_(with_.contents, with_.pool, with_.measured, options_.threads()),
      uploader_(
          {opening_,
           with_.router,
           with_.blobs,
           with_.memory,
           with_.pool,
           lanes_,
           with_.time,
           with_.random,
           with_.measured,
           with_.log,
           attempts_,
           with_.read_progress}
      ),
      poster_(
          {with_.sources,
           with_.ready,
           with_.journal,
           with_.router,
           with_.identity_token,
           with_.queues,
           with_.tables,
           with_.time,
           with_.log,
           with_.measured,
           attempts_,
           target_hold_,
           next_,
           with_.rest,
           with_.cluster}
      ),
      streamer_(with_, opening_, lanes_, next_),
      slots_([this](const std::string& id) { with_.ready.push(id, with_.time.now()); }) {
    attempts_.on_recovery([this] { with_.ready.wake(with_.cluster.line); });
}

asio::awaitable<void> shipper::run() {
    for (;;) {
        co_await wait_for_cluster();
        auto id = co_await with_.ready.pop(with_.cluster.line);
        if (!id) co_return;
        bool stays_in_hand = co_await ship(*id);
        if (!stays_in_hand) with_.ready.finished(*id);
    }
}

void shipper::run_requests_with(rest_poster::starter start) {
    poster_.run_with(std::move(start), std::bind_front(&shipper::request_ended, this));
}

// Of a source that was in a request with others.
void shipper::request_ended(const std::string& source_id, const result<bool>& posted) {
    auto* what = with_.sources.find(source_id);
    if (posted.has_error()) {
        handle_failure(source_id, posted.error());
    } else if (what && *posted) {
        note_posted(source_id, what->watch);
        attempts_.succeeded(*what);
    } else if (what && spool::is_unposted(what->stage)) {
        with_.ready.push(source_id, with_.time.now());
    }
    with_.ready.finished(source_id);
}

// The stages are passed one after the other as long as all goes well. True: the source stays in
// hand, for it is in a request with others.
asio::awaitable<bool> shipper::ship(std::string source_id) {
    for (;;) {
        auto* what = with_.sources.find(source_id);
        if (!what || !spool::is_unposted(what->stage)) co_return false;
        auto* from = with_.watches.find(what->watch);
        if (!from || !from->folder) {
            // The folder is absent: its files are safe where they are.
            with_.ready.push(source_id, with_.time.now() + absent_folder_pause);
            co_return false;
        }
        if (pass_on(*what) || target_hold_.holds(*what, *from)) co_return false;
        if (blob_elsewhere(*what, with_.cluster)) with_.sources.advance(*what, stage::claimed{});
        if (isolate(*what) || hold(*what, *from) || hold_for_folder(*what)) co_return false;
        bool streams = streamer_.streams(*what, *from, options_);
        // What is streamed needs no storage.
        if ((!streams && hold_for_storage(*what)) || await_writer(*what, *from)) co_return false;
        streaming_slots::slot slot;
        if (streams) {
            slot = slots_.take(source_id, options_.streaming_concurrency);
            if (!slot) co_return false;
        }
        auto attempt = step(source_id, *from, streams);
        auto done = co_await guarded(std::move(attempt));
        if (done.has_error()) {
            handle_failure(source_id, done.error());
            co_return false;
        }
        if (*done == post_end::on_its_way) co_return true;
        what = with_.sources.find(source_id);
        if (what) attempts_.succeeded(*what);
    }
}

bool shipper::isolate(const source& what) {
    auto wait = suspects_.wait(what, options_.crash_suspicion);
    if (wait) with_.ready.push(what.id, with_.time.now() + *wait);
    return wait.has_value();
}

// A post that may have been accepted is not repeated at once: its notification may come.
bool shipper::hold(source& what, const watch& from) {
    if (what.ambiguous_posts == 0) return false;
    unanswered_posts::moment at{with_.time.now(), with_.time.wall_now()};
    // A clock that was set back must not make it wait for ever.
    what.last_post_at = std::min(what.last_post_at, at.wall_now);
    auto where = from.target_for(what).value_or(from.options.target);
    bool is_unproven = with_.sources.is_unproven(what.id);
    auto held = unanswered_.hold(what, where, options_.repost_after, is_unproven, at);
    if (!held) return false;
    auto spread = options_.repost_after;
    auto extra = next_wait(1, {spread, spread}, std::nullopt, with_.random);
    with_.ready.push(what.id, with_.time.now() + *held + extra);
    return true;
}

// Storage refuses what this watch sends: one source shows whether it still does.
bool shipper::hold_for_storage(const source& what) {
    auto until = holds_.wait_until(what, with_.time.now());
    if (until) with_.ready.push(what.id, *until);
    return until.has_value();
}

// No further shipper is kept by a folder that does not answer.
bool shipper::hold_for_folder(const source& what) {
    bool reads = std::holds_alternative<stage::claimed>(what.stage);
    if (!reads || !lanes_.hangs(what.watch)) return false;
    with_.ready.push(what.id, with_.time.now() + absent_folder_pause);
    return true;
}

static duration patience_of(const watch& from) {
    return patience_with_writers * from.options.stable_for;
}

// A compressed file that was broken is read again only when it has changed.
bool shipper::await_writer(source& what, const watch& from) {
    if (!std::holds_alternative<stage::claimed>(what.stage)) return false;
    unfinished_files::moment at{with_.time.now(), with_.time.wall_now(), patience_of(from)};
    switch (unfinished_.before_reading(what, at)) {
    case unfinished_files::step::read:
        return false;
    case unfinished_files::step::wait:
        next_.changed(what);
        return true;
    case unfinished_files::step::give_up:
        break;
    }
    auto why = unfinished_.why(what.id);
    attempts_.ended(what, why);
    reject(what, spool::outcome::rejected, why);
    return true;
}

void shipper::note_posted(const std::string& source_id, const std::string& watch) {
    note_arrived(source_id, watch);
    streamer_.forget(source_id);
    holds_.succeeded(watch, "post");
}

asio::awaitable<result<post_end>> shipper::step(std::string source_id, watch& from, bool streams) {
    auto* what = with_.sources.find(source_id);
    if (spool::is_streamed(*what)) {
        streamer_.give_up_answer(*what);
        co_return post_end::nothing;
    }
    if (std::holds_alternative<stage::claimed>(what->stage)) {
        auto uploaded = co_await upload(source_id, from, streams);
        if (uploaded.has_error()) co_return uploaded.error();
        co_return post_end::nothing;
    }
    post_options options{options_.reports, options_.client_version};
    auto posted = co_await poster_.post(source_id, from, options);
    if (posted.has_value() && *posted == post_end::posted) {
        note_posted(source_id, from.options.name);
    }
    co_return posted;
}

asio::awaitable<result<void>> shipper::upload(std::string source_id, watch& from, bool streams) {
    auto* what = with_.sources.find(source_id);
    if (what->size_bytes() == 0) {
        reject(
            *what, spool::outcome::skipped, {errc::empty_file, remedy::give_up, "the file is empty"}
        );
        co_return result<void>();
    }
    if (what->begun >= options_.crash_limit) {
        reject(*what, spool::outcome::rejected, crash_loop(what->begun));
        co_return result<void>();
    }
    ++what->attempts;
    if (what->begun >= options_.crash_suspicion) suspects_.tried = source_id;
    in_hand held(with_.sources, *what, suspects_.tried);
    if (with_.sources.is_unproven(source_id)) {
        // It may be what ended the last run: then this one must not forget it.
        auto safe = co_await with_.journal.durable();
        if (safe.has_error()) co_return safe.error();
    }
    if (streams) {
        auto streamed = co_await streamer_.send(source_id, from, options_);
        if (streamed.has_error()) co_return streamed.error();
        if (*streamed) {
            note_arrived(source_id, from.options.name);
            co_return result<void>();
        }
    }
    auto container = co_await with_.router.container();
    what = with_.sources.find(source_id);
    if (!what) co_return result<void>();
    reading_trouble trouble;
    upload_errand errand{*what, from, container, with_.sources.is_unproven(source_id)};
    auto sent = co_await uploader_.send(std::move(errand), options_, trouble);
    what = with_.sources.find(source_id);
    if (what && trouble.outgrown) unfinished_.outgrown(*what, *trouble.outgrown, with_.time.now());
    if (!what || !std::holds_alternative<stage::claimed>(what->stage)) co_return result<void>();
    if (trouble.slice) blamed_[source_id] = *trouble.slice;
    if (sent.has_error()) co_return sent.error();
    waits_.succeeded();
    holds_.succeeded(what->watch, "upload");
    unfinished_.forget(source_id);
    if (sent->whole) what->slices.front() = *sent->whole;
    what->records = sent->records;
    auto& blob = sent->record;
    count_bytes(with_.measured, what->watch, blob);
    log_upload(with_.log, *what, blob);
    what->cluster = with_.cluster.record();
    with_.sources.advance(*what, stage::uploaded{std::move(blob)});
    co_return result<void>();
}

// One place decides what a failed attempt means for its source.
void shipper::handle_failure(const std::string& source_id, const failure& problem) {
    auto* what = with_.sources.find(source_id);
    auto blamed = blamed_.extract(source_id);
    if (!what) return attempts_.forget(source_id);
    with_.measured
        .count(
            "kustodrop_retries_total",
            {{"operation", std::string(spool::name_of(what->stage))},
             {"reason", problem.code.text()}}
        )
        .add();
    if (azure::is_unforeseen(problem)) holds_.refused(*what, problem, with_.time.now());
    auto next = next_after(*what, problem);
    bool is_final = next == after_failure::reject || next == after_failure::skip ||
                    next == after_failure::look_again;
    auto slice = blamed ? blamed.mapped() : 0;
    is_final ? attempts_.ended(*what, problem) : attempts_.failed(*what, problem, slice);
    switch (next) {
    case after_failure::skip:
        return reject(*what, spool::outcome::skipped, problem);
    case after_failure::reject:
        if (is_divisible(*what)) return split_source(*what, problem, blamed);
        return reject(*what, spool::outcome::rejected, problem);
    case after_failure::look_again:
        // Of logs it is looked up where each one's bytes are now.
        if (what->log_bytes() > 0 || !is_divisible(*what)) return next_.changed(*what);
        return split_source(*what, problem, blamed);
    case after_failure::await_writer:
        return next_.changed(*what);
    case after_failure::upload_again:
        with_.sources.advance(*what, stage::claimed{});
        [[fallthrough]];
    case after_failure::try_again:
        try_again(*what, problem);
    }
}

// A compressed file that ends too early is final unless its writer may go on with it.
after_failure shipper::next_after(const source& what, const failure& problem) {
    auto next = decide(problem);
    if (next != after_failure::await_writer) return next;
    auto* from = with_.watches.find(what.watch);
    if (!from || !from->follows_growth || what.slices.size() > 1) return after_failure::reject;
    unfinished_files::moment at{with_.time.now(), with_.time.wall_now(), patience_of(*from)};
    auto step = unfinished_.broken(what, problem, at);
    return step == unfinished_files::step::wait ? next : after_failure::reject;
}

void shipper::try_again(const source& what, const failure& problem) {
    if (problem.next == remedy::reauthenticate) with_.identity_token.request_refresh();
    auto now = with_.time.now();
    auto wait = waits_.after(what.id, problem, options_.backoff, now, with_.random);
    with_.ready.push(what.id, now + wait);
}

static spool::outcome_record record_of(
    spool::outcome outcome, const failure& problem, wall_time at
) {
    return {outcome, problem.code.text(), problem.message(), "", at};
}

void shipper::reject(source& what, spool::outcome outcome, const failure& problem) {
    waits_.forget(what.id);
    streamer_.forget(what.id);
    uploader_.forget(what.id);
    unfinished_.forget(what.id);
    auto record = record_of(outcome, problem, with_.time.wall_now());
    with_.sources.advance(what, stage::settled{std::move(record)});
    next_.settled(what);
}

// One of its files is to blame: the others must not share its fate.
void shipper::split_source(source& what, const failure& problem, const blamed_file& blamed) {
    waits_.forget(what.id);
    uploader_.forget(what.id);
    dividing_parts with{with_.sources, with_.ready, with_.time, with_.random, with_.log};
    if (blamed) return leave_out(with, what, blamed.mapped(), problem);
    divide(with, what, record_of(spool::outcome::rejected, problem, with_.time.wall_now()));
}

}  // namespace kustodrop::pipeline
