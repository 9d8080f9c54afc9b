#include "pipeline/following/follower.hpp"

#include "async/timed_wait.hpp"
#include "pipeline/following/log_opening.hpp"
#include "pipeline/intake/folder_reports.hpp"
#include "pipeline/intake/releasing.hpp"
#include "pipeline/intake/resuming.hpp"
#include "pipeline/intake/taking_over.hpp"

#include <algorithm>
#include <utility>

namespace kustodrop::pipeline {

namespace stage = spool::stage;

// What was cut and is not posted yet: while the service is away, bytes wait in the logs.
static constexpr std::size_t most_unposted = 16;

// Before bytes that could not be read are asked for again.
static constexpr duration pause_before_reading_again = 1s;

// A file server may report an old size for a moment.
static constexpr duration patience_with_lost_bytes = 3s;

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
      unposted_(parts.sources),
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
    is_begun_ = recorded_folder(with_.journal, name).has_value();
    auto logs = with_.journal.logs(name);
    if (logs) journaled_ = std::move(*logs);
}

bool follower::is_over() const { return life_.is_over(is_open_, has_cut_all_); }

asio::awaitable<void> follower::run() {
    while (!is_over()) {
        apply(life_.between_turns(with_.sources.counts(watch_.options.name).pending_files));
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
        co_await turn();
        if (is_over()) break;
        auto next = with_.time.now() + look_interval(watch_.options.follow.cut.max_age);
        co_await wait_until(woken_, with_.time, next);
    }
    life_.end();
}

asio::awaitable<result<void>> follower::try_open() {
    auto path = watch_.options.path;
    auto work = [path] { return spool::drop_folder::open(path); };
    auto opened = co_await offload(with_.pool, work);
    if (opened.has_error()) {
        auto problem = opened.error();
        bool is_known = absence_ && absence_->code == problem.code;
        absence_ = problem;
        if (!is_known) report_unopened_folder(watch_, problem, with_.log);
        co_return problem;
    }
    absence_.reset();
    watch_.folder = std::make_shared<spool::drop_folder>(std::move(*opened));
    is_open_ = true;
    if (!logs_) {
        logs_ = make_followed_logs(watch_, options_.state_directory);
        logs_->restore(std::exchange(journaled_, {}), is_begun_);
    }
    with_.log.info("following", {{"watch", watch_.options.name}, {"path", path}});
    co_return result<void>();
}

asio::awaitable<void> follower::turn() {
    auto seen = co_await look();
    if (!seen) co_return;
    release_held(watch_, with_);
    co_await judge_doubtful();
    if (life_.may_claim()) co_await cut();
    end_quiet_logs();
    record_changes();
}

// False: the folder is not there.
asio::awaitable<bool> follower::look() {
    auto folder = watch_.folder;
    auto logs = logs_;
    auto in_use = unposted_.files();
    auto now = with_.time.now();
    auto work = [=]() -> result<spool::folder_look> {
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
    sees_all_ = seen->unreadable.empty() && seen->waiting.empty();
    cutter_.looked(seen->logs, now);
    reports_.report(*seen, watch_.options.name);
    for (auto& lost : seen->lost) {
        auto wall_now = with_.time.wall_now();
        auto id = spool::make_source_id(with_.random, wall_now);
        settle(source_of(lost, std::move(id), watch_.options.name, wall_now), lost);
    }
    record_changes();
    if (!std::exchange(is_begun_, true)) {
        with_.journal.record_folder(record_of(watch_, watch_.folder->identity()));
    }
    if (!std::exchange(is_resumed_, true)) resume();
    co_return true;
}

void follower::settle(spool::source what, const spool::lost_range& lost) {
    what.target = watch_.options.target.name();
    auto& admitted = with_.sources.admit(std::move(what));
    auto record = outcome_of(lost, with_.time.wall_now());
    with_.sources.advance(admitted, stage::settled{std::move(record)});
    next_.settled(admitted);
}

void follower::resume() {
    resuming_parts with{with_.sources, with_.ready, next_, with_.time, with_.measured};
    std::size_t resumed = 0;
    for (auto& what : with_.absent.take(watch_.options.name)) {
        bool was_dropped = std::ranges::any_of(what.slices, [](auto& file) {
            return file.location.starts_with(".kustodrop/");
        });
        if (was_dropped) {
            with_.absent.add(std::move(what));
            continue;
        }
        if (std::holds_alternative<stage::posting>(what.stage)) ++what.ambiguous_posts;
        auto& one = pipeline::resume(with, watch_, std::move(what));
        unposted_.add(one.id);
        ++resumed;
    }
    if (resumed == 0) return;
    with_.log.info(
        "resumed", {{"watch", watch_.options.name}, {"journaled", std::to_string(resumed)}}
    );
}

void follower::look_again(const spool::source& what) {
    unposted_.add(what.id);
    doubtful_.try_emplace(what.id, with_.time.now());
    woken_.notify_all();
}

// A log may have been rotated by a copy, or was not open when its bytes were asked for.
asio::awaitable<void> follower::judge_doubtful() {
    auto files = watch_.logs;
    auto ids = doubtful_;
    for (auto& [id, since] : ids) {
        auto* what = with_.sources.find(id);
        if (!what || !std::holds_alternative<stage::claimed>(what->stage)) {
            doubtful_.erase(id);
            continue;
        }
        auto slices = what->slices;
        auto work = [files, slices] { return find_bytes(slices, *files); };
        auto found = co_await offload(with_.pool, work);
        what = with_.sources.find(id);
        if (!what) continue;
        auto now = with_.time.now();
        if (found.lost.empty()) {
            doubtful_.erase(id);
            what->slices = std::move(found.slices);
            with_.sources.note(*what);
            with_.ready.push(id, now + pause_before_reading_again);
        } else if (sees_all_ && now - since >= patience_with_lost_bytes) {
            doubtful_.erase(id);
            giving_up_parts with{with_.sources, with_.ready, next_, with_.time, with_.random};
            if (auto rest = give_up(with, *what, found)) unposted_.add(*rest);
        }
    }
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
        bool is_news = !found.empty();
        for (auto& wish : wishes) {
            auto is_found = [&](auto& one) { return one.log == wish.log; };
            if (std::ranges::any_of(found, is_found)) continue;
            is_news = cutter_.found_nothing(wish) || is_news;
        }
        admit(std::move(found));
        if (!is_news) co_return;
    }
}

void follower::admit(std::vector<spool::followed_logs::found_range> ranges) {
    if (ranges.empty()) return;
    spool::source what;
    what.claimed_at = with_.time.wall_now();
    what.id = spool::make_source_id(with_.random, what.claimed_at);
    what.watch = watch_.options.name;
    what.target = watch_.options.target.name();
    std::vector<spool::log_record> logs;
    for (auto& one : ranges) {
        logs.push_back(logs_->cut(one));
        logs.back().watch = what.watch;
        cutter_.cut(one.log, one.range.bytes.end(), with_.time.now());
        if (one.range.splits_record) {
            with_.log.warning(
                "a record is longer than max_record: it is cut within",
                {{"watch", what.watch}, {"log", one.range.bytes.name}}
            );
            count_split();
        }
        what.slices.push_back(std::move(one.range.bytes));
    }
    auto& admitted = with_.sources.admit_cut(std::move(what), std::move(logs));
    with_.log.debug(
        "cut",
        {{"watch", admitted.watch},
         {"source", admitted.id},
         {"logs", std::to_string(admitted.slices.size())},
         {"bytes", std::to_string(admitted.size_bytes())}}
    );
    unposted_.add(admitted.id);
    with_.ready.push(admitted.id, with_.time.now());
}

void follower::count_split() {
    if (watch_.options.follow.records.kind != spool::record_kind::lines) return;
    metric_labels labels{{"watch", watch_.options.name}, {"reason", "length"}};
    with_.measured.count("kustodrop_records_split_total", labels).add();
}

// What is deleted and read to its end is let go of, unless a source needs its bytes again.
void follower::end_quiet_logs() {
    if (unposted_.count() > 0) return;
    auto ended = cutter_.ended(with_.time.now());
    if (!ended.empty()) logs_->end(ended);
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
    life_.change(std::move(wanted), watch_.options);
    woken_.notify_all();
}

void follower::leave() {
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
    with_.journal.record_logs(watch_.options.name, {}, logs_->numbers());
    logs_.reset();
    is_begun_ = false;
}

void follower::apply(life::transition due) {
    if (due.release_folder && watch_.folder) {
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
    if (logs_) logs_->set_rules(rules_of(watch_.options, options_.state_directory));
    cutter_.set_options(watch_.options.follow);
}

}  // namespace kustodrop::pipeline
