#include "pipeline/shipping/shipper.hpp"

#include "base/text.hpp"

#include <boost/asio/post.hpp>

#include <memory>

namespace kustodrop::pipeline {

using spool::source;
namespace stage = spool::stage;

// How long a source waits for a folder that is absent before it is looked for again.
static constexpr duration absent_folder_pause = 5s;

static constexpr duration suspect_pause = 500ms;

// So many failures in a row are followed by another account at once.
static constexpr unsigned quick_tries = 3;

// Whether a shipper has anything to do for it.
static bool wants_shipping(const source& what) {
    return std::holds_alternative<stage::claimed>(what.stage) ||
           std::holds_alternative<stage::uploaded>(what.stage) ||
           std::holds_alternative<stage::posting>(what.stage);
}

shipper::shipper(shipper_parts parts, shipper_options options, routing& next)
    : with_(std::move(parts)),
      options_(std::move(options)),
      next_(next),
      gate_(options_.threads()),
      attempts_(with_.log, with_.time),
      poster_(
          {with_.sources,
           with_.journal,
           with_.router,
           with_.identity_token,
           with_.queues,
           with_.tables,
           with_.time,
           with_.log,
           with_.measured,
           attempts_,
           next_}
      ) {
    attempts_.on_recovery([this] { with_.ready.wake(); });
}

asio::awaitable<void> shipper::run() {
    for (;;) {
        auto id = co_await with_.ready.pop();
        if (!id) co_return;
        co_await ship(*id);
        with_.ready.finished(*id);
    }
}

// The stages are passed one after the other as long as all goes well.
asio::awaitable<void> shipper::ship(std::string source_id) {
    for (;;) {
        auto* what = with_.sources.find(source_id);
        if (!what || !wants_shipping(*what)) co_return;
        auto* from = with_.watches.find(what->watch);
        if (!from || !from->folder) {
            // The folder is absent: its files are safe where they are.
            with_.ready.push(source_id, with_.time.now() + absent_folder_pause);
            co_return;
        }
        if (!from->gate.admits(source_id)) {
            from->gate.hold(source_id);
            co_return;
        }
        if (isolate(*what) || hold(*what, *from)) co_return;
        auto done = co_await step(source_id, *from);
        if (done.has_error()) {
            handle_failure(source_id, done.error());
            co_return;
        }
        what = with_.sources.find(source_id);
        if (what) attempts_.succeeded(*what);
    }
}

// What was in hand at more than one death is tried one at a time, after everything else. Only then
// is it known which one the process dies of, and a process that is killed at once, again and again,
// for another reason blames none.
bool shipper::isolate(const source& what) {
    bool is_claimed = std::holds_alternative<stage::claimed>(what.stage);
    if (!is_claimed || what.begun < options_.crash_suspicion) return false;
    bool first = put_off_.insert(what.id).second;
    if (!first && !suspect_) return false;
    with_.ready.push(what.id, with_.time.now() + suspect_pause * (first ? what.begun : 1));
    return true;
}

// A post that may have been accepted is not repeated at once: its notification may come.
bool shipper::hold(source& what, const watch& from) {
    if (what.ambiguous_posts == 0) return false;
    unanswered_posts::moment at{with_.time.now(), with_.time.wall_now()};
    // A clock that was set back must not make it wait for ever.
    what.last_post_at = std::min(what.last_post_at, at.wall_now);
    auto& where = from.target_for(what);
    // What the clock was in an earlier run is not known: the service's own check must not be
    // overtaken, so the wait begins again.
    bool begins = where.deduplicate && with_.sources.is_unproven(what.id);
    auto posted_at = begins ? at.wall_now : what.last_post_at;
    auto waited = unanswered_.waited(what.id, what.posts, posted_at, at);
    auto held = hold_for(what, where, options_.repost_after, waited);
    if (!held) {
        unanswered_.forget(what.id);
        return false;
    }
    auto spread = options_.repost_after;
    auto extra = next_wait(1, {spread, spread}, std::nullopt, with_.random);
    with_.ready.push(what.id, with_.time.now() + *held + extra);
    return true;
}

asio::awaitable<result<void>> shipper::step(std::string source_id, watch& from) {
    auto* what = with_.sources.find(source_id);
    if (std::holds_alternative<stage::claimed>(what->stage)) {
        auto uploaded = co_await upload(source_id, from);
        co_return uploaded;
    }
    post_options options{options_.reports, options_.client_version};
    auto posted = co_await poster_.post(source_id, from, options);
    if (posted.has_error()) co_return posted.error();
    if (*posted) {
        budget_.succeeded();
        failures_in_a_row_.erase(source_id);
    }
    co_return result<void>();
}

namespace {

// While it lives, a source is in hand. However the upload ends, unless the process dies with it,
// its count of uploads that never ended goes back, and the next suspect may be tried.
struct in_hand {
    in_hand(roster& sources, source& what, std::optional<std::string>& suspect)
        : sources(sources), suspect(suspect), id(what.id) {
        ++what.begun;
        sources.note(what);
    }
    ~in_hand() {
        if (suspect == id) suspect.reset();
        auto* what = sources.find(id);
        if (!what) return;
        what->begun = 0;
        sources.note(*what);
    }
    in_hand(const in_hand&) = delete;
    roster& sources;
    std::optional<std::string>& suspect;
    std::string id;
};

}  // namespace

static failure crash_loop(unsigned deaths) {
    return {
        errc::crash_loop,
        remedy::give_up,
        "the process died " + std::to_string(deaths) + " times in a row while it read this file"};
}

asio::awaitable<result<void>> shipper::upload(std::string source_id, watch& from) {
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
    if (what->begun >= options_.crash_suspicion) suspect_ = source_id;
    in_hand held(with_.sources, *what, suspect_);
    if (with_.sources.is_unproven(source_id)) {
        // It may be what ended the last run: then this one must not forget it.
        auto safe = co_await with_.journal.durable();
        if (safe.has_error()) co_return safe.error();
    }
    auto container = co_await with_.router.container();
    what = with_.sources.find(source_id);
    if (!what) co_return result<void>();
    auto sent = co_await send_blob(*what, from, container);
    what = with_.sources.find(source_id);
    if (!what || !std::holds_alternative<stage::claimed>(what->stage)) co_return result<void>();
    if (sent.has_error()) co_return sent.error();
    budget_.succeeded();
    count_bytes(what->watch, *sent);
    with_.log.debug(
        "uploaded",
        {{"watch", what->watch},
         {"source", source_id},
         {"blob", sent->account + "/" + sent->container + "/" + sent->name},
         {"raw_bytes", std::to_string(sent->raw_bytes)},
         {"stored_bytes", std::to_string(sent->stored_bytes)}}
    );
    with_.sources.advance(*what, stage::uploaded{std::move(*sent)});
    co_return result<void>();
}

upload_plan shipper::plan_for(std::uint64_t source_bytes) const {
    auto threads = with_.pool.threads() ? options_.threads() : 1;
    // Whatever a large one takes beyond its share, a quarter stays free for small ones.
    auto reserve = with_.memory.total() / 4;
    auto free = with_.memory.free();
    upload_memory memory{free - std::min(free, reserve), with_.memory.total()};
    return plan_upload(source_bytes, options_.block_bytes, threads, memory);
}

asio::awaitable<result<spool::blob_record>> shipper::send_blob(
    source what, watch& from, azure::storage_place container
) {
    auto where = from.target_for(what);  // A copy: a reload may change it while we read.
    auto folder = from.folder;           // Held: the watch may lose it while we read.
    if (!folder) {
        // Lost while we waited for a container.
        co_return failure{errc::folder_absent, remedy::retry, "the watched folder is absent"};
    }
    bool gzipped = is_gzip_name(what.slices.front().name);
    auto plan = plan_for(what.size_bytes());
    auto lease = co_await with_.memory.take(plan.bytes());
    spool::reader_options reading;
    reading.root_fd = folder->descriptor_of_root();
    reading.how = options_.how;
    reading.already_compressed = gzipped;
    reading.compressible = kusto::is_compressible(where.format);
    reading.max_raw_bytes = options_.max_raw_bytes;
    reading.may_grow = true;
    reading.end_lines = true;
    for (auto& file : what.slices) reading.contents.push_back(with_.contents.take(file));
    reading.gate = &gate_;
    reading.threads = plan.threads;
    reading.run = [&pool = with_.pool](std::function<void()> work) {
        asio::post(*pool.threads(), std::move(work));
    };
    auto opened = spool::source_reader::open(what, std::move(reading));
    if (opened.has_error()) co_return opened.error();
    auto reader = std::move(*opened);

    auto name = blob_name(what, where, reader->compressed());
    block_upload_parts parts{with_.blobs, with_.pool, with_.time, with_.random, with_.measured};
    block_upload::options how{
        options_.block_attempts, options_.backoff, plan.block_bytes, plan.buffers};
    how.report = [this, &container, &what](const result<void>& sent) {
        with_.router.report(container, sent);
        attempts_.request_ended(what.id, container.account, "upload", sent);
    };
    how.progress = [this, &what, gzipped](const spool::source_reader& read) {
        auto bytes = gzipped ? read.stored_bytes() : read.raw_bytes();
        if (with_.read_progress) with_.read_progress(what.id, bytes);
    };
    block_upload upload(parts, how, container.location.with_path_suffix(name));
    auto sent = co_await upload.send(*reader);
    if (sent.has_error()) co_return sent.error();
    spool::blob_record record;
    record.account = container.account;
    record.container = container.name;
    record.name = name;
    record.raw_bytes = reader->raw_bytes();
    record.stored_bytes = reader->stored_bytes();
    co_return record;
}

// One place decides what a failed attempt means for its source.
void shipper::handle_failure(const std::string& source_id, const failure& problem) {
    auto* what = with_.sources.find(source_id);
    if (!what) return attempts_.forget(source_id);
    with_.measured
        .count(
            "kustodrop_retries_total",
            {{"operation", std::string(spool::name_of(what->stage))},
             {"reason", problem.code.text()}}
        )
        .add();
    auto next = decide(problem);
    bool repeated = next == after_failure::try_again || next == after_failure::upload_again;
    if (repeated)
        attempts_.failed(*what, problem);
    else
        attempts_.ended(*what, problem);
    switch (next) {
    case after_failure::reject:
        if (is_divisible(*what)) return split_source(*what, problem);
        return reject(*what, spool::outcome::rejected, problem);
    case after_failure::look_again:
        if (is_divisible(*what)) return split_source(*what, problem);
        return next_.changed(*what);
    case after_failure::upload_again:
        with_.sources.advance(*what, stage::claimed{});
        [[fallthrough]];
    case after_failure::try_again: {
        if (problem.next == remedy::reauthenticate) with_.identity_token.request_refresh();
        auto failures = ++failures_in_a_row_[source_id];
        auto wait = next_wait(failures, options_.backoff, problem.retry_after, with_.random);
        // Another account may be well: it is tried soon, whatever this one has asked for. But not
        // for ever: there may be no other, or none that is well.
        bool elsewhere =
            problem.next == remedy::reroute || problem.next == remedy::refresh_resources;
        if (elsewhere && failures <= quick_tries) {
            wait = next_wait(1, {500ms, 500ms}, std::nullopt, with_.random);
        }
        wait += budget_.spend(with_.time.now());
        with_.ready.push(source_id, with_.time.now() + wait);
    }
    }
}

static spool::outcome_record record_of(
    spool::outcome outcome, const failure& problem, wall_time at
) {
    return {outcome, problem.code.text(), problem.message(), "", at};
}

void shipper::reject(source& what, spool::outcome outcome, const failure& problem) {
    failures_in_a_row_.erase(what.id);
    auto record = record_of(outcome, problem, with_.time.wall_now());
    with_.sources.advance(what, stage::settled{std::move(record)});
    next_.settled(what);
}

// One of its files is to blame: the others must not share its fate.
void shipper::split_source(source& what, const failure& problem) {
    failures_in_a_row_.erase(what.id);
    auto record = record_of(spool::outcome::rejected, problem, with_.time.wall_now());
    divide({with_.sources, with_.ready, with_.time, with_.random, with_.log}, what, record);
}

void shipper::count_bytes(const std::string& watch, const spool::blob_record& blob) {
    metric_labels labels{{"watch", watch}};
    auto raw = static_cast<double>(blob.raw_bytes);
    auto stored = static_cast<double>(blob.stored_bytes);
    with_.measured.count("kustodrop_raw_bytes_total", labels).add(raw);
    with_.measured.count("kustodrop_uploaded_bytes_total", labels).add(stored);
}

}  // namespace kustodrop::pipeline
