#pragma once

#include "spool/folder/drop_folder.hpp"
#include "spool/folder/scanning.hpp"
#include "spool/journal/journal_records.hpp"
#include "spool/source/source.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Recovery is the normal path entered half-way: what the journal and the work folder say becomes
/// sources that are not at the first stage.
namespace kustodrop::pipeline {

/// What a watch's sources are found to be after a restart.
struct recovered {
    std::vector<spool::source> resumed;  // As journaled; their files were found, or not needed.
    std::vector<spool::source> adopted;  // Files in work/ that the journal does not know.
    std::vector<spool::source> lost;     // Journaled, not yet posted, and the file is missing.
    std::size_t foreign_files = 0;       // In work/ without an id: left alone.
};

/// The folder that was opened, and the one that the watch's files were claimed in.
struct folder_facts {
    spool::folder_record now;
    std::optional<spool::folder_record> before = {};  // Nothing: an older release claimed them.
};

/// Pure. Whether a source none of whose files was found has them in another folder than the one
/// that was opened. `any_found`: a file of another source of the watch was found.
bool is_elsewhere(const spool::source& what, const folder_facts& facts, bool any_found);

/// Pure. Takes out the sources whose files are not in the folder that was opened but in another
/// one: its disk is not mounted, or the watch has another path by now. They are not lost.
std::vector<spool::source> take_elsewhere(
    std::vector<spool::source>& unretired,
    const std::vector<spool::work_entry>& work,
    const folder_facts& facts
);

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
void find_by_ids(std::vector<spool::source>& unretired, const std::vector<spool::work_entry>& work);

struct recovery_facts {
    wall_time now{};
    bool journal_was_lost = false;
};

/// Pure. `unretired` are the journal's sources of this watch, `work` what stands in work/. A source
/// that was being posted is taken for an ambiguous post: its answer was lost with the process. A
/// file that the journal does not know was never posted, for `posting` is durable before the POST;
/// unless the journal itself was lost.
recovered reconcile(
    std::vector<spool::source> unretired,
    const std::vector<spool::work_entry>& work,
    std::string_view watch,
    const recovery_facts& facts
);

}  // namespace kustodrop::pipeline
