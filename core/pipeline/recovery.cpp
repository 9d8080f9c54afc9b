#include "pipeline/recovery.hpp"

#include "pipeline/superseding.hpp"
#include "spool/folder/scanning.hpp"
#include "spool/source/place.hpp"

#include <algorithm>
#include <iterator>
#include <unordered_map>
#include <unordered_set>

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

std::vector<source> take_elsewhere(
    std::vector<source>& unretired,
    const std::vector<spool::work_entry>& work,
    const folder_facts& facts
) {
    std::unordered_set<std::string_view> here;
    for (auto& file : work) here.insert(file.location);
    auto is_here = [&](const source& what) {
        return std::ranges::any_of(what.slices, [&](auto& file) {
            return here.contains(file.location);
        });
    };
    bool any_found = std::ranges::any_of(unretired, is_here);
    auto first = std::stable_partition(unretired.begin(), unretired.end(), [&](auto& what) {
        return is_here(what) || what.slices.empty() || !is_elsewhere(what, facts, any_found);
    });
    std::vector<source> out(
        std::make_move_iterator(first), std::make_move_iterator(unretired.end())
    );
    unretired.erase(first, unretired.end());
    return out;
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

void find_by_ids(std::vector<source>& unretired, const std::vector<spool::work_entry>& work) {
    std::unordered_map<std::string_view, const spool::work_entry*> by_id;
    std::unordered_set<std::string_view> places;
    for (auto& file : work) {
        if (file.foreign() || file.kind != spool::file_kind::regular) continue;
        by_id.emplace(file.source_id, &file);
        places.insert(file.location);
    }
    for (auto& what : unretired) {
        for (auto& file : what.slices) {
            auto there = places.find(file.location);
            if (there != places.end()) places.erase(there);  // Of this source.
        }
    }
    for (auto& what : unretired) {
        if (what.slices.size() != 1 || !lies_in_work(what.slices.front())) continue;
        auto found = by_id.find(what.id);
        if (found == by_id.end() || !places.contains(found->second->location)) continue;
        what.slices.front().location = found->second->location;
        what.slices.front().name = found->second->name;
    }
}

recovered reconcile(
    std::vector<source> unretired,
    const std::vector<spool::work_entry>& work,
    std::string_view watch,
    const recovery_facts& facts
) {
    recovered out;
    // There may be a hundred thousand, and their places begin alike.
    std::unordered_map<std::string_view, const spool::work_entry*> by_location;
    by_location.reserve(work.size());
    for (auto& file : work) {
        if (file.foreign() || file.kind != spool::file_kind::regular) {
            ++out.foreign_files;
        } else {
            by_location.emplace(file.location, &file);
        }
    }
    std::unordered_set<std::string_view> spoken_for;
    spoken_for.reserve(work.size());
    for (auto& what : unretired) {
        bool complete = true;
        for (auto& slice : what.slices) {
            auto there = by_location.find(slice.location);
            if (there != by_location.end()) spoken_for.insert(there->first);
            bool in_work = slice.location.starts_with(spool::work_folder);
            complete = complete && (!in_work || there != by_location.end());
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
    for (auto& file : work) {
        if (!by_location.contains(file.location) || spoken_for.contains(file.location)) continue;
        // Our files have one name: someone who may write here planted a link to another's file.
        if (file.links > 1) {
            ++out.foreign_files;
            continue;
        }
        out.adopted.push_back(adopt(file, watch, facts));
    }
    return out;
}

}  // namespace kustodrop::pipeline
