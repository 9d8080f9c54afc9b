#include "pipeline/intake/cutting/rechecking.hpp"

#include "pipeline/intake/resuming.hpp"
#include "pipeline/superseding.hpp"
#include "pipeline/watch/record_forms.hpp"
#include "pipeline/watch/renamed_files.hpp"

#include <cstddef>
#include <utility>

namespace kustodrop::pipeline {

void rechecker::add(const spool::source& what, unsigned unchanged_looks) {
    waiting_.add({what.id, unchanged_looks}, with_.time.now() + watch_.options.stable_for);
}

asio::awaitable<void> rechecker::look(bool hurries) {
    auto due = hurries ? waiting_.take_all() : waiting_.take_due(with_.time.now());
    std::vector<rechecks::due> left;
    for (auto& one : due) {
        bool has_left = co_await look_at(one, hurries, watch_.in_place);
        if (has_left) left.push_back(std::move(one));
    }
    if (!left.empty()) co_await follow(std::move(left), hurries);
}

static bool has_left(const result<cut_look>& seen, const spool::slice& file) {
    if (seen.has_error()) return seen.error().code == errc::file_vanished;
    return !seen->file.identity.same_file(file.identity);
}

asio::awaitable<bool> rechecker::look_at(rechecks::due one, bool hurries, bool follows) {
    auto folder = watch_.folder;
    auto* what = with_.sources.find(one.source_id);
    if (!what) co_return false;
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
    if (!what) co_return false;
    if (follows && has_left(seen, file)) co_return true;
    if (seen.has_error()) {
        note_failure(*what, seen.error());
    } else {
        take(*what, std::move(*seen), one.unchanged_looks);
    }
    co_return false;
}

// One look at the folder for all of them. It may miss a name that is just being changed: what was
// not found is looked for once more before it is taken for deleted.
asio::awaitable<void> rechecker::follow(std::vector<rechecks::due> left, bool hurries) {
    std::vector<spool::slice> files;
    for (auto& one : left) {
        auto* what = with_.sources.find(one.source_id);
        files.push_back(what ? what->slices.back() : spool::slice());
    }
    auto folder = watch_.folder;
    auto recursive = watch_.options.recursive;
    auto work = [folder, recursive, files] { return find_renamed(*folder, recursive, files); };
    auto found = co_await offload(with_.pool, work);
    for (std::size_t i = 0; i < left.size(); ++i) {
        auto* what = with_.sources.find(left[i].source_id);
        if (!what) continue;
        if (found[i]) {
            note_renamed(*what, *found[i]);
        } else if (left[i].unchanged_looks == 0 && !hurries) {
            add(*what, 1);
            continue;
        }
        co_await look_at(left[i], hurries, false);
    }
}

void rechecker::note_renamed(spool::source& what, const spool::sighting& now) {
    auto& file = what.slices.back();
    with_.log.info(
        "a file was renamed before it was shipped: it is followed",
        {{"watch", what.watch}, {"source", what.id}, {"file", file.name}, {"now", now.name}}
    );
    file.location = now.name;
    file.identity = now.identity;
    with_.sources.note(what);
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
    // What its name led to before is not it any more.
    if (is_new && watch_.in_place) watch_.kept.begin(last.name, seen.file.identity);
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
