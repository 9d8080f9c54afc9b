#include "pipeline/intake/intake.hpp"

#include "async/timed_wait.hpp"
#include "pipeline/intake/folder_reports.hpp"
#include "pipeline/intake/opening/opening.hpp"
#include "pipeline/intake/opening/taking_over.hpp"
#include "pipeline/intake/releasing.hpp"
#include "spool/folder/scanning.hpp"

#include <memory>
#include <unordered_set>
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
    before_ = recorded_folder(with_.journal, watch_.options.name);
    drain_former_folder();
    load_kept();
}

void intake::load_kept() {
    auto kept = with_.journal.kept(watch_.options.name);
    if (!kept) return;
    for (auto& file : *kept) watch_.kept.load(std::move(file));
}

// What was claimed in the folder that the watch had before is shipped from there first.
void intake::drain_former_folder() {
    auto waiting = with_.absent.count();
    auto ours = waiting.find(watch_.options.name);
    bool is_same = !before_ || before_->path == watch_.options.path;
    if (is_same || ours == waiting.end()) return;
    with_.log.info(
        "the path of the watch was changed; what was claimed in the former folder is shipped first",
        {{"watch", watch_.options.name},
         {"path", watch_.options.path},
         {"former", before_->path},
         {"sources", std::to_string(ours->second)}}
    );
    auto wanted = watch_.options;
    watch_.options.path = before_->path;
    life_.change(std::move(wanted), watch_.options);
}

bool intake::is_stuck() const {
    return busy_since_ && hangs(asked_, with_.time.now() - *busy_since_);
}

bool intake::is_over() const {
    bool is_empty = files_.plan().is_idle(reasons(), with_.time.now());
    return life_.is_over(watch_.folder != nullptr, is_empty);
}

asio::awaitable<void> intake::run() {
    // open() may have been left while the folder did not answer: it continues by itself.
    while (busy_since_) co_await woken_.wait();
    while (!is_over()) {
        apply(life_.between_turns(with_.sources.counts(watch_.options.name).pending_files));
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
        busy_since_ = with_.time.now();
        co_await turn();
        busy_since_.reset();
        if (is_over()) break;
        auto next = files_.plan().next_turn(reasons(), with_.time.now());
        co_await wait_until(woken_, with_.time, next);
    }
    life_.end();
}

asio::awaitable<void> intake::turn() {
    auto observed = co_await files_.observe();
    if (observed.has_error()) {
        report_absent_folder(watch_, observed.error(), with_.log);
        absence_ = observed.error();
        files_.close();
        auto former = watch_.folder;
        auto asking = [former] { return is_deleted(*former); };
        former_is_deleted_ = co_await offload(with_.pool, asking);
        watch_.folder.reset();
        co_return;
    }
    if (files_.may_claim_now()) {
        files_.close();
        watch_.folder.reset();
        auto opened = co_await try_open();
        if (opened.has_error()) co_return;
    }
    co_await work_on_files();
}

asio::awaitable<void> intake::work_on_files() {
    release_held(watch_, with_);
    co_await check_work();
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
    out.release_due = watch_.gates.next_release(with_.time.now());
    out.group_due = joiner_.next_due();
    return out;
}

static failure other_folder(const watch& from) {
    return {
        errc::folder_absent,
        remedy::retry,
        from.options.path +
            " is another folder now than the one that holds what was claimed: its disk may not be "
            "mounted. If the folder was replaced for good, restart the daemon"};
}

asio::awaitable<result<void>> intake::try_open() {
    busy_since_ = with_.time.now();
    auto opened = co_await open_and_resume();
    busy_since_.reset();
    woken_.notify_all();
    co_return opened;
}

asio::awaitable<result<opened_folder>> intake::take_folder() {
    auto path = watch_.options.path;
    auto how = watch_.options.claim;
    auto opening = [=] { return open_watched_folder(path, how); };
    asked_ = folder_question::whether_it_is_there;
    auto opened = co_await offload(with_.pool, opening);
    asked_ = folder_question::what_is_in_it;
    if (opened.has_error()) co_return opened;
    auto state_directory = options_.state_directory;
    auto waiting = waiting_places(with_.sources, with_.absent, watch_.options.name);
    auto ours = std::make_shared<opened_folder>(std::move(*opened));
    auto taking = [=] { return take_possession(*ours, state_directory, waiting); };
    auto taken = co_await offload(with_.pool, taking);
    if (taken.has_error()) co_return taken.error();
    result<opened_folder> out(std::move(*ours));
    co_return out;
}

asio::awaitable<result<void>> intake::open_and_resume() {
    auto path = watch_.options.path;
    auto opened = co_await take_folder();
    auto listed = opened.has_error() ? spool::work_listing() : std::move(opened->work);
    found_work work(std::move(listed));
    folder_facts where;
    if (!opened.has_error()) {
        static_cast<open_folder&>(watch_) = opened->how;
        where = {record_of(watch_, opened->identity), before_};
        bool is_other = is_other_folder(with_.sources, work, where);
        if (must_wait_for_former(is_other, former_is_deleted_)) opened = other_folder(watch_);
    }
    if (opened.has_error()) {
        watch_.folder.reset();
        auto problem = opened.error();
        bool is_known = absence_ && is_same_absence(*absence_, problem);
        absence_ = problem;
        if (!is_known) report_unopened_folder(watch_, problem, with_.log);
        co_return problem;
    }
    absence_.reset();
    if (std::exchange(former_is_deleted_, false)) {
        auto pending = with_.sources.counts(watch_.options.name).pending_files;
        report_deleted_folder(watch_, pending, with_.log);
    }
    work_.forget();
    for (auto& warning : opened->warnings) {
        with_.log.warning(warning, {{"watch", watch_.options.name}, {"path", path}});
    }
    files_.open(opened->medium, opened->stays_because);
    with_.log.info("watching", {{"watch", watch_.options.name}, {"path", path}, {"mode", mode()}});
    co_await resume(where, work);
    co_return result<void>();
}

asio::awaitable<void> intake::resume(const folder_facts& where, found_work& work) {
    backlog earlier(watch_, with_, next_, work);
    auto elsewhere = co_await earlier.resume_own(where);
    leave_ranges(earlier.of_logs());
    if (elsewhere == 0) {
        with_.journal.record_folder(where.now);
        before_ = where.now;
    } else {
        report_elsewhere(watch_, where, elsewhere, with_.log);
    }
    auto adopted = co_await earlier.resume_strangers();
    co_await claimer_.take_adopted(std::move(adopted));
}

void intake::leave_ranges(const backlog::cut_sources& of_logs) {
    cut_before_.reset();
    if (of_logs.sources == 0) return;
    cut_before_ = notice{
        "cut_before",
        of_logs.sources,
        of_logs.first,
        "was cut by mode: follow and is not shipped; set mode: follow again until it has arrived"};
    with_.log.warning(
        "what mode: follow has cut is not shipped; set mode: follow again until it has arrived",
        {{"watch", watch_.options.name},
         {"sources", std::to_string(of_logs.sources)},
         {"first", of_logs.first}}
    );
}

std::vector<notice> intake::notices() const {
    auto out = files_.notices();
    if (cut_before_) out.push_back(*cut_before_);
    return out;
}

asio::awaitable<void> intake::check_work() {
    if (watch_.read_only || !work_.is_due(with_.time.now())) co_return;
    work_.begin(with_.time.now(), options_.rescan_every);
    auto folder = watch_.folder;
    auto listing = [folder] { return spool::list_work_keys(*folder); };
    auto keys = co_await offload(with_.pool, listing);
    if (keys.has_error()) co_return;
    // Files that share a blob have other ids than their source: only their places are known.
    std::unordered_set<spool::source_key, spool::source_key_hash> others;
    for (auto& key : *keys) {
        if (!with_.sources.contains(key)) others.insert(key);
    }
    result<std::vector<std::string>> listed(boost::system::in_place_value);
    if (!others.empty()) {
        auto places = [folder, others] { return spool::list_work_locations(*folder, others); };
        listed = co_await offload(with_.pool, places);
    }
    if (listed.has_error()) co_return;
    auto unknown = work_.unknown(*listed, with_.sources);
    if (unknown.empty()) co_return;
    auto looking = [folder, unknown] { return spool::look_in_work(*folder, unknown); };
    auto found = co_await offload(with_.pool, looking);
    with_.log.warning(
        "files in work/ belong to no source, as after a claim that reported a failure; they are "
        "taken over",
        {{"watch", watch_.options.name}, {"files", std::to_string(found.size())}}
    );
    found_work work(spool::work_listing{std::move(found), {}});
    take_known(work, with_.sources, watch_.options.name);
    backlog earlier(watch_, with_, next_, work);
    auto adopted = co_await earlier.resume_strangers();
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
    files_.lose_events();
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
void intake::apply(life::transition due) {
    if (due.last_look) files_.begin_last_look();
    if (due.release_folder && watch_.folder) {
        auto unconfirmed = with_.sources.counts(watch_.options.name).parked_files;
        report_released_folder(watch_, due.options, unconfirmed, with_.log);
        files_.close();
        watch_.folder.reset();
        watch_.kept.end_all();
    }
    if (!due.options) return;
    auto& now = watch_.options;
    bool is_same = now.target == due.options->target && now.route == due.options->route;
    if (!is_same) leave_target(watch_, with_.time.wall_now());
    bool has_moved = watch_.options.path != due.options->path;
    watch_.set_options(std::move(*due.options));
    if (has_moved) load_kept();
    // What is held because of the former target is tried with the new one.
    if (!is_same) reopen_gates(watch_, with_);
    joiner_.send_all();
    joiner_.set_options();
    files_.set_options();
    absence_.reset();
}

}  // namespace kustodrop::pipeline
