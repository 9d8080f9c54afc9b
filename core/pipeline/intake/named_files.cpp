#include "pipeline/intake/named_files.hpp"

#include "pipeline/recovery.hpp"
#include "spool/folder/claiming.hpp"

#include <limits>

namespace kustodrop::pipeline {

namespace stage = spool::stage;

// A caller who waits for a report wants the outcome of every file.
static constexpr unsigned never_pause = std::numeric_limits<unsigned>::max();

named_files::named_files(watch& from, named_files_parts parts) : watch_(from), with_(parts) {
    watch_.in_place = true;
    watch_.read_only = true;
    watch_.follows_growth = false;
    watch_.gates = target_gates({.failures = never_pause});
}

static bool is_delivered(spool::outcome outcome) {
    return outcome == spool::outcome::succeeded || outcome == spool::outcome::presumed ||
           outcome == spool::outcome::skipped;
}

result<void> named_files::open(std::vector<spool::source> unretired) {
    auto folder = spool::drop_folder::open(watch_.options.path);
    if (folder.has_error()) return folder.error();
    watch_.folder = std::make_shared<spool::drop_folder>(std::move(*folder));
    auto kept = with_.journal.kept(watch_.options.name);
    if (kept.has_error()) return kept.error();
    for (auto& file : *kept) {
        if (is_delivered(file.outcome)) sent_before_.insert_or_assign(file.name, file);
    }
    found_work none(spool::work_listing{});  // Nothing is claimed here.
    auto found = reconcile(std::move(unretired), none);
    for (auto& before : found.resumed) {
        auto& what = resume(with_.resuming, watch_, std::move(before));
        for (auto& file : what.slices) under_way_.insert_or_assign(file.name, what.id);
    }
    return {};
}

named_files::taken named_files::take(const std::string& name) {
    auto seen = watch_.folder->look(name);
    if (seen.has_error()) return {.problem = seen.error()};
    if (!*seen)
        return {.problem = failure{errc::file_vanished, remedy::give_up, "it is not there"}};
    auto& identity = (*seen)->identity;
    auto before = sent_before_.find(name);
    if (before != sent_before_.end() && before->second.identity.same_content(identity)) {
        return {.sent_before = before->second};
    }
    auto known = under_way_.find(name);
    auto& sources = with_.resuming.sources;
    auto* earlier = known == under_way_.end() ? nullptr : sources.find(known->second);
    if (!earlier) return admit(**seen);
    if (!sources.is_parked(*earlier)) return {.source = earlier};
    if (earlier->slices.front().identity.same_content(identity)) return resend(*earlier);
    // The version that is unconfirmed is not there to be sent again.
    auto record = *spool::outcome_of(earlier->stage);
    sources.retire(*earlier, std::move(record));
    return admit(**seen);
}

named_files::taken named_files::resend(spool::source& unconfirmed) {
    auto& with = with_.resuming;
    with.sources.unpark(unconfirmed);
    ++unconfirmed.ambiguous_posts;
    with.measured.count("kustodrop_posts_ambiguous_total", {{"watch", unconfirmed.watch}}).add();
    with.sources.advance(unconfirmed, stage::claimed{});
    with.ready.push(unconfirmed.id, with.time.now());
    return {.source = &unconfirmed};
}

named_files::taken named_files::admit(const spool::sighting& seen) {
    auto slice = spool::claim_in_place(*watch_.folder, seen);
    if (slice.has_error()) return {.problem = slice.error()};
    auto& with = with_.resuming;
    spool::source what;
    what.claimed_at = with.time.wall_now();
    what.id = spool::make_source_id(with_.random, what.claimed_at);
    what.watch = watch_.options.name;
    what.target = watch_.options.target.name();
    what.slices.push_back(std::move(*slice));
    auto& admitted = with.sources.admit(std::move(what));
    watch_.kept.begin(seen.name);
    under_way_.insert_or_assign(seen.name, admitted.id);
    with.ready.push(admitted.id, with.time.now());
    return {.source = &admitted};
}

void named_files::changed(spool::source& what) {
    spool::outcome_record record;
    record.outcome = spool::outcome::rejected;
    record.code = to_string(errc::file_changed);
    record.details = "the file changed while it was sent; send it again";
    record.at = with_.resuming.time.wall_now();
    with_.resuming.sources.advance(what, stage::settled{std::move(record)});
    with_.resuming.next.settled(what);
}

}  // namespace kustodrop::pipeline
