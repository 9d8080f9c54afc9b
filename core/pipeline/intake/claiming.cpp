#include "pipeline/intake/claiming.hpp"

#include "spool/folder/archiving.hpp"
#include "spool/folder/claiming.hpp"

#include <algorithm>
#include <utility>

namespace kustodrop::pipeline {

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

std::vector<claim_attempt> claim_files(
    const spool::drop_folder& folder,
    std::vector<claim_attempt> files,
    bool in_place,
    const std::string& marker
) {
    spool::open_folders through(folder.descriptor_of_root());
    for (auto& file : files) {
        auto slice = in_place ? spool::claim_in_place(folder, file.seen)
                              : spool::claim(file.seen, file.id, through);
        if (slice.has_error()) {
            file.problem = slice.error();
            continue;
        }
        file.slice = std::move(*slice);
        if (!marker.empty()) remove_marker(folder, file, file.seen.name + marker);
    }
    return files;
}

std::size_t claimer::room(std::size_t batch_files) const {
    auto& counts = with_.sources.counts(watch_.options.name);
    claim_facts facts;
    // Without the unconfirmed ones: they may stay for good, and must not keep others out.
    facts.pending_files = counts.pending_files;
    facts.max_pending_files = watch_.options.max_pending_files;
    facts.ready_room = with_.ready.room(watch_.options.name);
    facts.batch_files = batch_files;
    facts.can_record = !files_.is_low_on_space() && with_.journal.healthy();
    facts.is_paused = watch_.gate.is_paused();
    facts.has_probe = watch_.gate.held() > 0 || next_.is_gathering();
    return room_for_claims(facts);
}

asio::awaitable<void> claimer::claim_batch(std::size_t most_files) {
    std::vector<claim_attempt> files;
    for (auto& seen : files_.take_complete(most_files)) {
        auto id = spool::make_source_id(with_.random, with_.time.wall_now());
        files.push_back({std::move(seen), std::move(id)});
    }
    if (files.empty()) co_return;
    auto folder = watch_.folder;
    auto in_place = watch_.in_place;
    auto marker = watch_.read_only ? std::string() : watch_.options.done_marker;
    auto work = [folder, in_place, marker, files = std::move(files)]() mutable {
        return claim_files(*folder, std::move(files), in_place, marker);
    };
    auto done = co_await offload(with_.pool, std::move(work));
    for (auto& file : done) take(std::move(file));
}

void claimer::take(claim_attempt done) {
    if (done.problem && done.problem->code != errc::file_vanished) {
        files_.note_refused(done.seen.name, *done.problem);
    }
    if (!done.slice) return;
    files_.note_claimed();
    spool::source what;
    what.id = std::move(done.id);
    what.slices.push_back(std::move(*done.slice));
    next_.admit(std::move(what));
}

}  // namespace kustodrop::pipeline
