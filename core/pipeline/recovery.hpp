#pragma once

#include "spool/folder/drop_folder.hpp"
#include "spool/folder/scanning.hpp"
#include "spool/source/source.hpp"

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
