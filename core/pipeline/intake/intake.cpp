#include "pipeline/intake/intake.hpp"

#include "async/timed_wait.hpp"
#include "pipeline/intake/folder_reports.hpp"
#include "pipeline/intake/opening.hpp"
#include "pipeline/intake/taking_over.hpp"
#include "spool/folder/scanning.hpp"

#include <utility>

namespace kustodrop::pipeline {

intake::intake(
    asio::any_io_executor executor,
    watch& from,
    intake_parts parts,
    intake_options options,
    routing& next
)
    : watch_(from),
      with_(parts),
      options_(std::move(options)),
      next_(next),
      files_(from, parts, options_),
      joiner_(from, parts, next),
      claimer_(from, parts, files_, joiner_),
      rechecks_(from, parts, next),
      woken_(std::move(executor)) {}

asio::awaitable<result<void>> intake::open() {
    begin();
    auto opened = co_await try_open();
    co_return opened;
}

void intake::begin() {
    auto kept = with_.journal.kept(watch_.options.name);
    if (!kept) return;
    for (auto& file : *kept) watch_.kept.load(file.name, file.identity);
}

bool intake::is_over() const {
    bool is_empty = files_.plan().is_idle(reasons(), with_.time.now());
    return life_.is_over(watch_.folder != nullptr, is_empty);
}

asio::awaitable<void> intake::run() {
    while (!is_over()) {
        obey(life_.between_turns(with_.sources.counts(watch_.options.name).pending_files));
        if (life_.has_left()) {
            co_await woken_.wait();
            continue;
        }
        if (!watch_.folder) {
            auto opened = co_await try_open();
            if (opened.has_error()) {
                auto later = with_.time.now() + options_.absent_check;
                co_await wait_until(woken_, with_.time, later);
                continue;
            }
        }
        co_await turn();
        if (is_over()) break;
        auto next = files_.plan().next_turn(reasons(), with_.time.now());
        co_await wait_until(woken_, with_.time, next);
    }
    life_.end();
}

static void release_held(watch& from, const intake_parts& with) {
    auto now = with.time.now();
    auto ids = from.gate.release(now);
    if (ids.empty()) return;
    if (!from.gate.is_paused()) {
        with.log.info(
            "the watch is not paused any more; what was held is sent",
            {{"watch", from.options.name}, {"sources", std::to_string(ids.size())}}
        );
    }
    for (auto& id : ids) with.ready.push(std::move(id), now);
}

asio::awaitable<void> intake::turn() {
    auto observed = co_await files_.observe();
    if (observed.has_error()) {
        report_absent_folder(watch_, observed.error(), with_.log);
        absence_ = observed.error().code.text();
        files_.close();
        watch_.folder.reset();
        co_return;
    }
    release_held(watch_, with_);
    co_await rechecks_.look(life_.hurries());
    if (life_.may_claim()) co_await claimer_.claim_batch(claimer_.room(options_.batch_files));
    co_await joiner_.inspect();
    if (life_.hurries()) {
        joiner_.send_all();
    } else {
        joiner_.send_closed();
    }
    files_.plan_next_slice();
}

schedule::reasons intake::reasons() const {
    auto out = files_.reasons();
    out.may_claim = life_.may_claim() && claimer_.room(options_.batch_files) > 0;
    out.recheck_due = rechecks_.next_due();
    out.release_due = watch_.gate.next_release(with_.time.now());
    out.group_due = joiner_.next_due();
    return out;
}

asio::awaitable<result<void>> intake::try_open() {
    auto path = watch_.options.path;
    auto state_directory = options_.state_directory;
    auto how = watch_.options.claim;
    auto work = [=] { return open_watched_folder(path, how, state_directory); };
    auto opened = co_await offload(with_.pool, work);
    if (opened.has_error()) {
        auto problem = opened.error();
        bool is_known = absence_ == problem.code.text();
        absence_ = problem.code.text();
        if (!is_known) report_unopened_folder(watch_, problem, with_.log);
        co_return problem;
    }
    absence_.reset();
    for (auto& warning : opened->warnings) {
        with_.log.warning(warning, {{"watch", watch_.options.name}, {"path", path}});
    }
    static_cast<open_folder&>(watch_) = opened->how;
    files_.open(opened->medium);
    with_.log.info("watching", {{"watch", watch_.options.name}, {"path", path}, {"mode", mode()}});
    co_await resume(std::move(opened->work));
    co_return result<void>();
}

asio::awaitable<void> intake::resume(std::vector<spool::work_entry> work) {
    resuming_parts with{with_.sources, with_.ready, next_, with_.time, with_.measured};
    recovery_facts facts{with_.time.wall_now(), with_.journal.is_new()};
    auto& name = watch_.options.name;
    auto unknown = without_known(std::move(work), with_.sources, name);
    auto unretired = take_absent(with_.absent, with_.log, name, unknown);
    auto found = reconcile(std::move(unretired), unknown, name, facts);
    report_taken_over(watch_, found, with_.log);
    auto adopted = take_over(std::move(found), with, watch_);
    co_await claimer_.take_adopted(std::move(adopted));
}

void intake::look_again(const spool::source& what) {
    rechecks_.add(what);
    woken_.notify_all();
}

void intake::hint(const spool::folder_event& event) {
    if (owns(event.watch) && files_.note_event(event)) woken_.notify_all();
}

void intake::lost_events() {
    files_.scan_all();
    woken_.notify_all();
}

void intake::change(watch_options wanted) {
    life_.change(std::move(wanted), watch_.options);
    woken_.notify_all();
}

void intake::leave() {
    life_.leave();
    woken_.notify_all();
}

void intake::finish() {
    life_.finish();
    woken_.notify_all();
}

void intake::close() {
    life_.close();
    joiner_.close();
    woken_.notify_all();
}

// Called between turns, so that nothing is half-way and no worker reads the rules.
void intake::obey(life::transition due) {
    if (due.last_look) files_.begin_last_look();
    if (due.release_folder && watch_.folder) {
        auto unconfirmed = with_.sources.counts(watch_.options.name).parked_files;
        report_released_folder(watch_, due.options, unconfirmed, with_.log);
        files_.close();
        watch_.folder.reset();
        watch_.kept.end_all();
    }
    if (!due.options) return;
    auto& before = watch_.options.target;
    if (before != due.options->target) {
        watch_.former_targets.replace(before, with_.time.wall_now());
        // What is held because of the former target is tried with the new one.
        watch_.gate.reopen();
    }
    watch_.options = std::move(*due.options);
    joiner_.send_all();
    joiner_.set_options();
    files_.set_options();
    absence_.reset();
}

}  // namespace kustodrop::pipeline
