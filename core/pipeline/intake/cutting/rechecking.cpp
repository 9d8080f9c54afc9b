#include "pipeline/intake/cutting/rechecking.hpp"

#include "pipeline/intake/resuming.hpp"
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
    resuming_parts with{with_.sources, with_.ready, next_, with_.time, with_.measured};
    settle_vanished(with, what);
}

void rechecker::take(spool::source& what, cut_look seen, unsigned unchanged_looks) {
    auto& last = what.slices.back();
    bool is_new = last != seen.file;
    last = std::move(seen.file);
    if (is_new) with_.sources.note(what);
    if (is_undecided(last)) return add(what, seen.is_unchanged ? unchanged_looks + 1 : 0);
    with_.ready.push(what.id, with_.time.now());
}

}  // namespace kustodrop::pipeline
