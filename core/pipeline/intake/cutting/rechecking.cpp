#include "pipeline/intake/cutting/rechecking.hpp"

#include "pipeline/intake/resuming.hpp"
#include "pipeline/superseding.hpp"
#include "pipeline/watch/record_forms.hpp"

#include <utility>

namespace kustodrop::pipeline {

void rechecker::add(const spool::source& what, unsigned unchanged_looks) {
    waiting_.add({what.id, unchanged_looks}, with_.time.now() + watch_.options.stable_for);
}

asio::awaitable<void> rechecker::look(bool hurries) {
    auto due = hurries ? waiting_.take_all() : waiting_.take_due(with_.time.now());
    for (auto& one : due) co_await look_at(std::move(one), hurries);
}

asio::awaitable<void> rechecker::look_at(rechecks::due one, bool hurries) {
    auto folder = watch_.folder;
    auto* what = with_.sources.find(one.source_id);
    if (!what) co_return;
    auto file = what->slices.back();
    cut_rules rules;
    rules.form = record_form_of(watch_.options.target.format);
    rules.in_place = watch_.in_place;
    rules.hurries = hurries;
    rules.unchanged_looks = one.unchanged_looks;
    auto work = [folder, file, rules] {
        spool::open_folders through(*folder);
        return look_and_cut(file, through, rules);
    };
    auto seen = co_await offload(with_.pool, work);
    what = with_.sources.find(one.source_id);
    if (!what) co_return;
    if (seen.has_error()) {
        note_failure(*what, seen.error());
    } else {
        take(*what, std::move(*seen), one.unchanged_looks);
    }
}

void rechecker::note_failure(spool::source& what, const failure& problem) {
    if (problem.code != errc::file_vanished) return add(what);
    if (may_be_reported(what)) {
        watch_.kept.end(what.slices.front().name);
        return await_report(with_.sources, next_, what);
    }
    resuming_parts with{with_.sources, with_.ready, next_, with_.time, with_.measured};
    settle_vanished(with, what);
}

void rechecker::take(spool::source& what, cut_look seen, unsigned unchanged_looks) {
    auto& last = what.slices.back();
    bool is_new = last != seen.file;
    if (is_new && may_be_reported(what)) return take_version(what, std::move(seen));
    last = std::move(seen.file);
    if (is_new) with_.sources.note(what);
    if (is_undecided(last)) return add(what, seen.is_unchanged ? unchanged_looks + 1 : 0);
    with_.ready.push(what.id, with_.time.now());
}

// The service may have the former version: a report on it says nothing of this one.
void rechecker::take_version(spool::source& former, cut_look seen) {
    auto now = with_.time.wall_now();
    auto id = spool::make_source_id(with_.random, now);
    with_.log.warning(
        "a file was written again while a post of it was unanswered: what it holds now is sent as "
        "a source of its own",
        {{"watch", former.watch}, {"source", former.id}, {"next", id}, {"file", seen.file.name}}
    );
    auto version = next_version_of(former, std::move(seen.file), std::move(id), now);
    auto& next = supersede(with_.sources, next_, former, std::move(version));
    if (is_undecided(next.slices.back())) return add(next);
    with_.ready.push(next.id, with_.time.now());
}

}  // namespace kustodrop::pipeline
