#pragma once

#include "spool/folder/drop_folder.hpp"
#include "spool/folder/scanning.hpp"
#include "spool/journal/journal_records.hpp"
#include "spool/source/source.hpp"
#include "spool/source/source_key.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

/// Recovery is the normal path entered half-way: what the journal and the work folder say becomes
/// sources that are not at the first stage.
namespace kustodrop::pipeline {

/// What stands in work/ when a folder is opened, until each file has its source.
class found_work {
public:
    explicit found_work(spool::work_listing listed);
    found_work(const found_work&) = delete;

    /// Whether one of the source's files is there.
    bool holds(const spool::source& what) const;

    /// Whether a file of ours is at that location.
    bool has(const std::string& location) const;

    /// The file at that location belongs to a source.
    void take(std::string_view location);

    /// The file whose place has this id, unless it belongs to a source.
    const spool::work_entry* stranger(std::string_view source_id) const;

    /// Our files that belong to no source, by their locations.
    std::vector<spool::work_entry> strangers() const;

    /// Files that are not ours: left alone.
    std::size_t foreign_files() const { return foreign_files_; }

private:
    std::vector<spool::work_entry> files_;
    std::vector<spool::source_key> waiting_;  // Sorted.
    // The keys are in files_.
    std::unordered_map<std::string_view, const spool::work_entry*> by_location_;
    std::unordered_map<std::string_view, const spool::work_entry*> strangers_;
    std::unordered_map<std::string_view, const spool::work_entry*> stranger_by_id_;
    std::size_t foreign_files_ = 0;
};

/// What sources are found to be after a restart.
struct recovered {
    std::vector<spool::source> resumed;  // As journaled; their files were found, or not needed.
    std::vector<spool::source> lost;     // Journaled, not yet posted, and the file is missing.
};

/// The folder that was opened, and the one that the watch's files were claimed in.
struct folder_facts {
    spool::folder_record now;
    std::optional<spool::folder_record> before = {};  // Nothing: an older release claimed them.
};

/// Pure. Whether a source none of whose files was found has them in another folder than the one
/// that was opened. `any_found`: a file of another source of the watch was found.
bool is_elsewhere(const spool::source& what, const folder_facts& facts, bool any_found);

/// Pure. Whether the source's files are not in the folder that was opened but in another one: its
/// disk is not mounted, or the watch has another path by now. It is not lost. `any_found`: as
/// above.
bool lies_elsewhere(
    const spool::source& what, const found_work& work, const folder_facts& facts, bool any_found
);

/// Pure. Whether the source's only file is not where the journal says, in work/.
bool is_missing(const spool::source& what, const found_work& work);

/// Pure. What becomes of a file in work/ whose id, or place, the journal has: the source continues
/// in the watch that has the file now, whatever its watch was called. One that was retired without
/// its file is settled as it was, so that its file is moved; nothing if it was given up because the
/// file was not there, or if it had several files and none of them was taken: then the file is
/// shipped.
std::optional<spool::source> continue_journaled(
    spool::source what, const spool::work_entry& file, std::string_view watch
);

/// Pure. A file in work/ carries the id of its source: where the journal names another place for a
/// source of one file, as a damaged journal does, the file's own place and name are taken. Not for
/// places that belong to another source, as that of the rest of a grown file.
void find_by_ids(std::vector<spool::source>& missing, const found_work& work);

/// Pure. `unretired` are sources of the journal. A source that was being posted is taken for an
/// ambiguous post: its answer was lost with the process. Their files belong to them from now on.
recovered reconcile(std::vector<spool::source> unretired, found_work& work);

struct recovery_facts {
    wall_time now{};
    bool journal_was_lost = false;
};

/// What the journal does not know, under its own id.
struct adopted_files {
    std::vector<spool::source> sources;
    std::size_t foreign_files = 0;  // Not ours, or with a second name: left alone.
};

/// Pure. A file that the journal does not know was never posted, for `posting` is durable before
/// the POST; unless the journal itself was lost.
adopted_files adopt_strangers(
    const found_work& work, std::string_view watch, const recovery_facts& facts
);

}  // namespace kustodrop::pipeline
