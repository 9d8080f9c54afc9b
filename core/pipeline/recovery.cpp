#include "pipeline/recovery.hpp"

#include "spool/folder/scanning.hpp"

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
