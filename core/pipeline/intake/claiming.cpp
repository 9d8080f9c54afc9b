#include "pipeline/intake/claiming.hpp"

#include "pipeline/watch/record_forms.hpp"
#include "spool/folder/archiving.hpp"
#include "spool/folder/claiming.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

namespace kustodrop::pipeline {

static constexpr std::uint64_t batch_bytes = 1u << 20u;  // Kept in memory, of one batch.

std::size_t room_for_claims(const claim_facts& facts) {
    if (!facts.can_record || facts.pending_files >= facts.max_pending_files) return 0;
    auto ours = static_cast<std::size_t>(facts.max_pending_files - facts.pending_files);
    if (facts.is_paused) return facts.has_probe ? 0 : 1;
    return std::min({ours, facts.ready_room, facts.batch_files});
}

static void remove_marker(
    const spool::drop_folder& folder, claim_attempt& file, const std::string& name
) {
    auto seen = folder.look(name);
    if (!seen || !*seen) return;
    spool::slice spent{name, name, 0, (*seen)->identity.size_bytes, (*seen)->identity};
    auto removed = spool::remove(folder, spent, file.id);
    if (removed.has_error()) file.problem = removed.error();
}

static result<spool::slice> claim_one(
    const spool::drop_folder& folder,
    const claim_attempt& file,
    bool in_place,
    spool::open_folders& through
) {
    if (in_place) return spool::claim_in_place(folder, file.seen);
    return spool::claim(file.seen, file.id, through);
}

static void claim_and_cut(
    const spool::drop_folder& folder,
    claim_attempt& file,
    const claim_rules& rules,
    spool::open_folders& through
) {
    spool::slice named{file.seen.name, file.seen.name, 0, 0, file.seen.identity};
    auto opened = spool::open_to_cut(named, through);
    auto writers = spool::writer_state::none;
    if (opened && rules.marker.empty()) writers = spool::probe_writers(opened->get());
    // The kernel does not say it of files of other users; the event of the closing did.
    bool may_be_written = writers == spool::writer_state::unknown;
    if (may_be_written && file.was_closed) writers = spool::writer_state::none;
    file.is_held = writers == spool::writer_state::some && !file.is_overdue;
    if (file.is_held) return;
    auto slice = claim_one(folder, file, rules.in_place, through);
    if (slice.has_error()) {
        file.problem = slice.error();
        return;
    }
    file.slice = std::move(*slice);
    if (!opened) return;
    auto expected = *file.slice;
    expected.identity = file.seen.identity;
    auto how = rules.cut;
    how.keep_bytes = std::min(rules.keep_bytes, small_contents::longest_claimed);
    auto cut = cut_open_file(opened->get(), expected, writers, how);
    // Another one has taken its name meanwhile: it is looked at again.
    bool is_same = cut && cut->file.identity.same_file(file.slice->identity);
    if (is_same) {
        file.slice = std::move(cut->file);
        file.content = std::move(cut->content);
    } else if (!rules.in_place) {
        file.slice->length_bytes = 0;
    }
}

std::vector<claim_attempt> claim_files(
    const spool::drop_folder& folder, std::vector<claim_attempt> files, claim_rules rules
) {
    spool::open_folders through(folder);
    for (auto& file : files) {
        claim_and_cut(folder, file, rules, through);
        rules.keep_bytes -= file.content.size();
        if (!file.slice || rules.marker.empty()) continue;
        remove_marker(folder, file, file.seen.name + rules.marker);
    }
    return files;
}

std::size_t claimer::room(std::size_t batch_files) const {
    auto& counts = with_.sources.counts(watch_.options.name);
    claim_facts facts;
    // Without the unconfirmed ones: they may stay for good, and must not keep others out.
    facts.pending_files = counts.pending_files;
    facts.max_pending_files = watch_.options.backlog.max_files;
    facts.ready_room = with_.ready.room(watch_.options.name);
    facts.batch_files = batch_files;
    facts.can_record = with_.journal.healthy();
    // With a route each target is paused for itself: see take_claimable().
    facts.is_paused = !watch_.routes.are_by_path() && watch_.gates.is_paused();
    facts.has_probe = watch_.gates.held() > 0 || next_.is_gathering();
    return room_for_claims(facts);
}

cut_rules claimer::rules_of_cut() const {
    cut_rules out;
    out.form = record_form_of(watch_.options.target.format);
    out.in_place = watch_.in_place;
    return out;
}

// Of a target that is paused one file is taken, which shows whether it still is. The others stay in
// the folder, where a scan shows them again.
std::vector<spool::sighting> claimer::take_claimable(std::size_t most_files) {
    auto out = files_.take_complete(most_files);
    if (!watch_.routes.are_by_path()) return out;
    std::set<std::string> probed;
    std::erase_if(out, [&](const spool::sighting& seen) {
        auto where = watch_.routes.recorded(seen.name);
        auto* gate = watch_.gates.find(where);
        if (!where.empty() && (!gate || !gate->is_paused())) return false;
        bool is_probe = !where.empty() && !watch_.gates.keeps_out(where) && !next_.is_gathering() &&
                        probed.insert(where).second;
        if (!is_probe) files_.leave(seen.name);
        return !is_probe;
    });
    return out;
}

asio::awaitable<void> claimer::claim_batch(std::size_t most_files) {
    std::vector<claim_attempt> files;
    for (auto& seen : take_claimable(most_files)) {
        auto id = spool::make_source_id(with_.random, with_.time.wall_now());
        bool is_overdue = files_.is_overdue(seen.name);
        bool was_closed = files_.was_closed(seen);
        files.push_back({std::move(seen), std::move(id), is_overdue, was_closed});
    }
    if (files.empty()) co_return;
    auto folder = watch_.folder;
    claim_rules rules;
    rules.in_place = watch_.in_place;
    rules.marker = watch_.read_only ? std::string() : watch_.options.done_marker;
    rules.cut = rules_of_cut();
    rules.cut.unchanged_looks = most_looks_at_an_open_file;
    rules.keep_bytes = std::min(with_.contents.room(with_.time.now()), batch_bytes);
    auto work = [folder, rules, files = std::move(files)]() mutable {
        return claim_files(*folder, std::move(files), rules);
    };
    auto done = co_await offload(with_.pool, std::move(work));
    for (auto& file : done) take(std::move(file));
}

asio::awaitable<void> claimer::take_adopted(std::vector<spool::source> found) {
    if (found.empty()) co_return;
    auto folder = watch_.folder;
    auto rules = rules_of_cut();
    auto work = [folder, rules, found = std::move(found)]() mutable {
        spool::open_folders through(*folder);
        for (auto& one : found) {
            auto cut = look_and_cut(one.slices.front(), through, rules);
            if (cut) one.slices.front() = std::move(cut->file);
        }
        return std::move(found);
    };
    auto cut = co_await offload(with_.pool, std::move(work));
    for (auto& what : cut) {
        auto id = what.id;
        next_.admit(std::move(what));
        with_.sources.doubt(id);
    }
}

void claimer::take(claim_attempt done) {
    if (done.is_held) return files_.note_held(std::move(done.seen));
    bool is_refused = done.problem && done.problem->code != errc::file_vanished;
    if (is_refused) {
        files_.note_refused(done.seen.name, *done.problem);
        files_.forget_held(done.seen.name);
    } else {
        files_.forget(done.seen.name);
    }
    if (!done.slice) return;
    with_.contents.put(*done.slice, std::move(done.content), with_.time.now());
    files_.note_claimed(done.seen.name);
    spool::source what;
    what.id = std::move(done.id);
    what.slices.push_back(std::move(*done.slice));
    next_.admit(std::move(what));
}

}  // namespace kustodrop::pipeline
