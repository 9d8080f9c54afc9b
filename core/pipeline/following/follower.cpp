#include "pipeline/following/follower.hpp"

#include "async/timed_wait.hpp"
#include "pipeline/following/former_folder.hpp"
#include "pipeline/following/log_opening.hpp"
#include "pipeline/following/lost_bytes.hpp"
#include "pipeline/following/resumed_cuts.hpp"
#include "pipeline/intake/folder_reports.hpp"
#include "pipeline/intake/opening/taking_over.hpp"
#include "pipeline/intake/releasing.hpp"
#include "pipeline/watch/hung_folder.hpp"

#include <utility>

namespace kustodrop::pipeline {

namespace stage = spool::stage;

// What was cut and is not posted yet: while the service is away, bytes wait in the logs.
static constexpr std::size_t most_unposted = 16;

follower::follower(
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
      cutter_(from.options.follow),
      reports_(parts.log),
      counted_(parts.measured),
      unposted_(parts.sources),
      doubtful_(from, parts, next),
      positions_(from, parts, options_.state_directory),
      admission_(from, parts, {cutter_, reports_, counted_, unposted_}),
      spilling_(from, parts, admission_),
      woken_(std::move(executor)) {
    watch_.in_place = true;
    watch_.read_only = true;
    watch_.follows_growth = false;
    watch_.logs = std::make_shared<const spool::open_logs>();
}

asio::awaitable<result<void>> follower::open() {
    begin();
    auto opened = co_await try_open();
    co_return opened;
}

void follower::begin() {
    auto& name = watch_.options.name;
    before_ = recorded_folder(with_.journal, name);
    auto logs = with_.journal.logs(name);
    if (logs) journaled_ = std::move(*logs);
    adopt_state();
    if (before_ || !journaled_.empty()) return;
    auto kept = positions_.recover();
    is_recovered_ = kept.has_value();
    if (kept) journaled_ = std::move(*kept);
}

void follower::adopt_state() {
    watch_.ranges = positions_.adopt();
    if (!watch_.ranges) return;
    auto folder = spool::follow_folder(options_.state_directory, watch_.options.name);
    watch_.spilled = std::make_shared<spool::spilled_ranges>(std::move(folder));
}

bool follower::is_stuck() const {
    using enum folder_question;
    auto asked = is_open_ ? what_is_in_it : whether_it_is_there;
    return busy_since_ && hangs(asked, with_.time.now() - *busy_since_);
}

std::optional<log_figures> follower::figures() const {
    auto out = counted_.figures();
    out.waiting_bytes = cutter_.waiting_bytes();
    if (auto since = cutter_.behind_since()) out.behind = with_.time.now() - *since;
    out.spilled_files = spilling_.use().files;
    out.spilled_bytes = spilling_.use().bytes;
    return out;
}

std::vector<notice> follower::notices() const {
    auto out = reports_.notices();
    if (auto trouble = spilling_.trouble()) out.push_back(std::move(*trouble));
    return out;
}

bool follower::is_over() const { return life_.is_over(is_open_, has_cut_all_); }

asio::awaitable<void> follower::run() {
    // open() may have been left while the folder did not answer: it continues by itself.
    while (busy_since_) co_await woken_.wait();
    while (!is_over()) {
        auto pending = with_.sources.counts(watch_.options.name).pending_files;
        apply(life_.between_turns(pending + (has_rest() ? 1 : 0)));
        if (life_.has_left()) {
            co_await woken_.wait();
            continue;
        }
        if (!is_open_) {
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
        auto next = cutter_.next_look(with_.time.now());
        co_await wait_until(woken_, with_.time, next);
    }
    // Files without a name end with this process, and those of a folder that is absent may.
    if (is_open_) co_await look();
    if (is_open_ || (logs_ && absence_)) co_await spilling_.keep(logs_, cutter_.logs(is_open_));
    if (is_open_) co_await positions_.keep(logs_, true);
    life_.end();
}

// Whether something is to be cut before the folder is left.
bool follower::has_rest() const {
    return life_.hurries() && !life_.may_claim() && is_open_ && !has_cut_all_;
}

// All of a folder that is left for good; of a watch that may be back what no one else can read.
asio::awaitable<void> follower::cut_rest() {
    if (life_.moves_to()) {
        co_await cut();
    } else {
        co_await spilling_.keep(logs_, cutter_.logs(true));
        has_cut_all_ = true;
    }
}

asio::awaitable<result<void>> follower::try_open() {
    lock_ = {};  // It may be the same folder again.
    busy_since_ = with_.time.now();
    bool needed = !logs_ && may_need_folder(journaled_, with_.absent, watch_.options.name);
    auto opened = co_await open_own_or_former(watch_, with_, life_, before_, needed);
    busy_since_.reset();
    woken_.notify_all();
    if (opened.has_error()) {
        auto problem = opened.error();
        bool is_known = absence_ && absence_->code == problem.code;
        absence_ = problem;
        if (!is_known) report_unopened_folder(watch_, problem, with_.log);
        co_return problem;
    }
    absence_.reset();
    watch_.folder = opened->folder;
    lock_ = std::move(opened->lock);
    if (!lock_.is_held()) report_unlocked_folder(watch_, lock_, with_.log);
    is_open_ = true;
    auto now = record_of(watch_, watch_.folder->identity());
    is_recorded_ = before_ == now;
    if (!logs_) {
        logs_ = make_followed_logs(watch_, options_.state_directory);
        if (needed) report_if_replaced(watch_, before_, with_.log);
        known_folder known{before_, now, is_recovered_};
        has_left_ = restore_logs(*logs_, std::exchange(journaled_, {}), known);
        auto lost = co_await spilling_.adopt(logs_);
        for (auto& one : lost) doubtful_.settle(one);
    }
    with_.log.info("following", {{"watch", watch_.options.name}, {"path", watch_.options.path}});
    co_return result<void>();
}

asio::awaitable<void> follower::turn() {
    auto seen = co_await look();
    if (!seen) co_return;
    release_held(watch_, with_);
    auto parts = co_await doubtful_.judge(sees_all_);
    for (auto& id : parts) unposted_.add(id);
    co_await spilling_.clear();
    auto departing = std::exchange(departing_, {});
    co_await spilling_.spill(logs_, std::move(departing));
    if (life_.may_claim()) co_await cut();
    if (has_rest()) co_await cut_rest();
    end_quiet_logs();
    record_changes();
    co_await positions_.keep(logs_, false);
}

// False: the folder is not there.
asio::awaitable<bool> follower::look() {
    auto folder = watch_.folder;
    auto in_use = unposted_.files();
    in_use.merge(spilling_.pinned());
    if (doubtful_.any()) in_use.insert(missed_file);
    auto work = [=, logs = logs_, now = with_.time.now()]() -> result<spool::folder_look> {
        auto there = folder->verify();
        if (there.has_error()) return there.error();
        return logs->look(*folder, in_use, now);
    };
    auto seen = co_await offload(with_.pool, work);
    if (seen.has_error()) {
        // What is open stays open, for it may still be read.
        is_open_ = false;
        absence_ = seen.error();
        report_absent_folder(watch_, seen.error(), with_.log);
        co_return false;
    }
    watch_.logs = seen->files;
    sees_all_ = seen->unreadable.empty() && seen->waiting.empty() && !seen->hides_logs;
    note_look(*seen);
    record_changes();
    if (!std::exchange(is_recorded_, true)) {
        before_ = record_of(watch_, watch_.folder->identity());
        with_.journal.record_folder(*before_);
    }
    if (!std::exchange(is_resumed_, true)) resume();
    departing_ = std::move(seen->departing);
    co_return true;
}

void follower::note_look(const spool::folder_look& seen) {
    auto waited = cutter_.waiting_bytes();
    cutter_.looked(seen.logs, with_.time.now());
    counted_.looked(watch_.options.name, seen, waited, cutter_.waiting_bytes());
    reports_.report(seen, watch_.options.name);
    for (auto& lost : seen.lost) doubtful_.settle(lost);
}

void follower::resume() {
    auto resumed = resume_cuts(watch_, with_, next_);
    for (auto& id : resumed.ids) unposted_.add(id);
    if (has_left_) doubtful_.leave_behind(resumed.ids);
    if (resumed.claimed) reports_.keep(std::move(*resumed.claimed));
}

void follower::look_again(const spool::source& what) {
    unposted_.add(what.id);
    doubtful_.add(what.id);
    woken_.notify_all();
}

asio::awaitable<void> follower::cut() {
    has_cut_all_ = false;
    while (unposted_.count() < most_unposted) {
        auto now = with_.time.now();
        auto wishes = cutter_.next_cut(now, life_.hurries());
        if (wishes.empty()) {
            has_cut_all_ = true;
            co_return;
        }
        auto logs = logs_;
        auto work = [logs, wishes] { return logs->find(wishes); };
        auto found = co_await offload(with_.pool, work);
        bool is_news = !found.ranges.empty();
        auto reason = cutter_.reason(now, life_.hurries());
        for (auto& wish : wishes) {
            if (found.lacks_record(wish.log)) is_news = cutter_.found_nothing(wish) || is_news;
        }
        admission_.admit(*logs_, std::move(found.ranges), reason);
        if (!is_news) co_return;
    }
}

// What is deleted and read to its end is let go of, unless its bytes are needed once more: by a
// source that is not posted, or for the quarantine if one fails.
void follower::end_quiet_logs() {
    if (unposted_.count() > 0) return;
    auto ended = cutter_.ended(with_.time.now());
    if (ended.empty()) return;
    auto needed = unposted_.unsettled_files(watch_.options.name);
    std::vector<spool::log_number> numbers;
    for (auto& log : ended) {
        if (!needed.contains(log.inode)) numbers.push_back(log.number);
    }
    if (!numbers.empty()) logs_->end(numbers);
}

void follower::record_changes() {
    auto changes = logs_->take_changes();
    if (changes.written.empty() && changes.forgotten.empty()) return;
    for (auto& log : changes.written) log.watch = watch_.options.name;
    with_.journal.record_logs(
        watch_.options.name, std::move(changes.written), std::move(changes.forgotten)
    );
}

void follower::change(watch_options wanted) {
    has_cut_all_ = false;
    life_.change(std::move(wanted), watch_.options);
    woken_.notify_all();
}

void follower::leave() {
    has_cut_all_ = false;
    life_.leave();
    woken_.notify_all();
}

void follower::finish() {
    life_.finish();
    has_cut_all_ = false;
    woken_.notify_all();
}

void follower::close() {
    life_.close();
    woken_.notify_all();
}

// The logs of another folder are other ones.
void follower::forget_folder() {
    watch_.folder.reset();
    watch_.logs = std::make_shared<const spool::open_logs>();
    is_open_ = false;
    absence_.reset();
    note_look(last_look_at(*logs_));
    with_.journal.record_logs(watch_.options.name, {}, logs_->numbers());
    logs_.reset();
    counted_.forget();
    is_recovered_ = false;
    before_.reset();
}

void follower::apply(life::transition due) {
    if (due.release_folder && watch_.folder) {
        lock_ = {};
        report_released_folder(watch_, due.options, 0, with_.log);
        if (due.options) {
            forget_folder();
        } else {
            watch_.folder.reset();
            is_open_ = false;
        }
    }
    if (!due.options) return;
    auto& before = watch_.options.target;
    if (before != due.options->target) {
        watch_.former_targets.replace(before, with_.time.wall_now());
        watch_.gates.reopen();
    }
    watch_.set_options(std::move(*due.options));
    adopt_state();  // It may have another name.
    if (logs_) logs_->set_rules(rules_of(watch_.options, options_.state_directory));
    cutter_.set_options(watch_.options.follow);
}

}  // namespace kustodrop::pipeline
