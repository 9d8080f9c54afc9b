#include "pipeline/recovery.hpp"

#include "pipeline/superseding.hpp"
#include "spool/folder/scanning.hpp"
#include "spool/source/place.hpp"

#include <algorithm>
#include <utility>

namespace kustodrop::pipeline {

namespace stage = spool::stage;
using spool::source;

// Whether the source's bytes are still needed: the service does not have them for certain.
static bool needs_file(const source& what) {
    return std::holds_alternative<stage::claimed>(what.stage) ||
           std::holds_alternative<stage::uploaded>(what.stage);
}

static bool lies_in_work(const spool::slice& file) {
    return file.location.starts_with(spool::work_folder);
}

// Device numbers may be other ones after a restart: where the folder's inode is known they do not
// count. Of two disks with equal inodes at one place the journal knows the ids in work/.
bool is_elsewhere(const source& what, const folder_facts& facts, bool any_found) {
    auto& now = facts.now;
    if (facts.before) return facts.before->path != now.path || facts.before->inode != now.inode;
    auto in_work = std::ranges::find_if(what.slices, lies_in_work);
    if (any_found || in_work == what.slices.end()) return false;
    auto device = in_work->identity.device;
    return device != 0 && device != now.device;
}

found_work::found_work(spool::work_listing listed)
    : files_(std::move(listed.files)), waiting_(std::move(listed.waiting)) {
    by_location_.reserve(files_.size());
    for (auto& file : files_) {
        if (file.foreign() || file.kind != spool::file_kind::regular) {
            ++foreign_files_;
            continue;
        }
        by_location_.emplace(file.location, &file);
        strangers_.emplace(file.location, &file);
        stranger_by_id_.emplace(file.source_id, &file);
    }
}

bool found_work::has(const std::string& location) const {
    if (by_location_.contains(location)) return true;
    auto id = waiting_.empty() ? std::nullopt : spool::id_in_work(location);
    auto key = id ? spool::key_of(*id) : std::nullopt;
    return key && std::ranges::binary_search(waiting_, *key);
}

bool found_work::holds(const source& what) const {
    return std::ranges::any_of(what.slices, [&](auto& file) { return has(file.location); });
}

void found_work::take(std::string_view location) {
    auto found = strangers_.find(location);
    if (found == strangers_.end()) return;
    auto by_id = stranger_by_id_.find(found->second->source_id);
    if (by_id != stranger_by_id_.end() && by_id->second == found->second) {
        stranger_by_id_.erase(by_id);
    }
    strangers_.erase(found);
}

const spool::work_entry* found_work::stranger(std::string_view source_id) const {
    auto found = stranger_by_id_.find(source_id);
    return found == stranger_by_id_.end() ? nullptr : found->second;
}

std::vector<spool::work_entry> found_work::strangers() const {
    std::vector<spool::work_entry> out;
    for (auto& file : files_) {
        if (strangers_.contains(file.location)) out.push_back(file);
    }
    return out;
}

bool lies_elsewhere(
    const source& what, const found_work& work, const folder_facts& facts, bool any_found
) {
    if (what.slices.empty() || work.holds(what)) return false;
    return is_elsewhere(what, facts, any_found);
}

bool is_missing(const source& what, const found_work& work) {
    if (what.slices.size() != 1) return false;
    auto& file = what.slices.front();
    return lies_in_work(file) && !work.has(file.location);
}

static source adopt(
    const spool::work_entry& file, std::string_view watch, const recovery_facts& facts
) {
    source what;
    what.id = file.source_id;
    what.watch = watch;
    what.claimed_at = facts.now;
    if (facts.journal_was_lost) {
        what.posts = 1;
        what.ambiguous_posts = 1;
        what.last_post_at = facts.now;
    }
    spool::slice whole;
    whole.name = file.name;
    whole.location = file.location;
    whole.length_bytes = file.identity.size_bytes;
    whole.identity = file.identity;
    what.slices.push_back(std::move(whole));
    return what;
}

std::optional<source> continue_journaled(
    source what, const spool::work_entry& file, std::string_view watch
) {
    what.watch = watch;
    auto* retired = std::get_if<stage::retired>(&what.stage);
    if (!retired) return what;
    auto record = std::move(retired->record);
    using spool::outcome;
    bool is_refused = record.outcome == outcome::failed || record.outcome == outcome::rejected;
    if (record.code == to_string(errc::file_vanished)) return std::nullopt;
    if (what.slices.size() == 1) {
        // It may have been archived or put back as far as the journal knows.
        what.slices.front().location = file.location;
    } else if (is_refused) {
        // Nothing of it was taken: this file may be one that is not the fault of the others.
        return std::nullopt;
    }
    what.stage = stage::settled{std::move(record)};
    return what;
}

void find_by_ids(std::vector<source>& missing, const found_work& work) {
    for (auto& what : missing) {
        auto* file = is_missing(what, work) ? work.stranger(what.id) : nullptr;
        if (!file) continue;
        what.slices.front().location = file->location;
        what.slices.front().name = file->name;
    }
}

// A file in place goes there before it is archived, deleted or quarantined; the run may have ended
// in between.
static void follow_into_work(source& what, const found_work& work) {
    for (auto& file : what.slices) {
        if (file.location.empty() || file.location.starts_with(".kustodrop/")) continue;
        auto place = spool::work_location(what.id, file.location);
        auto* renamed = what.slices.size() == 1 ? work.stranger(what.id) : nullptr;
        if (work.has(place)) {
            file.location = std::move(place);
        } else if (renamed) {
            file.location = renamed->location;
        }
    }
}

recovered reconcile(std::vector<source> unretired, found_work& work) {
    recovered out;
    for (auto& what : unretired) {
        follow_into_work(what, work);
        bool complete = true;
        for (auto& file : what.slices) {
            complete = complete && (!lies_in_work(file) || work.has(file.location));
            work.take(file.location);
        }
        if (auto* posting = std::get_if<stage::posting>(&what.stage)) {
            ++what.ambiguous_posts;
            if (!complete) what.stage = stage::posted{posting->blob, posting->at};
        }
        // The shipper finds out which of several is missing, and continues without it.
        if (!complete && needs_file(what) && what.slices.size() > 1) {
            what.stage = stage::claimed{};
            complete = true;
        }
        if (!complete && needs_file(what) && may_be_reported(what)) {
            auto* blob = spool::blob_of(what.stage);
            auto where = blob ? *blob : spool::blob_record();
            what.stage = stage::posted{std::move(where), what.last_post_at};
            for (auto& file : what.slices) file.location.clear();
        }
        auto& list = complete || !needs_file(what) ? out.resumed : out.lost;
        list.push_back(std::move(what));
    }
    return out;
}

adopted_files adopt_strangers(
    const found_work& work, std::string_view watch, const recovery_facts& facts
) {
    adopted_files out;
    out.foreign_files = work.foreign_files();
    for (auto& file : work.strangers()) {
        // Our files have one name: someone who may write here planted a link to another's file.
        if (file.links > 1) {
            ++out.foreign_files;
        } else {
            out.sources.push_back(adopt(file, watch, facts));
        }
    }
    return out;
}

}  // namespace kustodrop::pipeline
