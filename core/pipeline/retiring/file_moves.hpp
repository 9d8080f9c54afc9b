#pragma once

#include "pipeline/retiring/retirement.hpp"
#include "spool/folder/drop_folder.hpp"
#include "spool/folder/open_folders.hpp"
#include "spool/folder/writers.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

/// What retiring does with files, on a worker's thread.
namespace kustodrop::pipeline {

/// The files of one source, and where they go.
struct move_job {
    std::string id;
    std::vector<spool::slice> slices;
    file_action action = file_action::stay;
    bool is_settled = false;  // False: the source is posted, and its files leave work/ early.
    bool follows_growth = true;
    bool in_place = false;   // The files lie where they were found,
    bool recursive = false;  // and may be renamed from a folder below the watch's to another.
    std::vector<std::string> errors;  // For the quarantine, one for each slice.
    wall_time at{};
};

struct move_result {
    std::vector<spool::slice> slices;               // With their new locations.
    std::map<std::size_t, file_growth> grown = {};  // By index: these hold more than was shipped.
    std::set<std::size_t> open = {};                // By index: a writer may still add to these.
    bool is_held = false;  // A writer has a file open that is to be deleted: ask again later.
    std::optional<failure> problem = {};
};

/// Moves the files of a batch; those in place that were renamed meanwhile, from where they are.
/// What is recorded as retired after this is so durably. Every job may be asked for again after a
/// crash. Blocking.
std::vector<move_result> move_files(
    const spool::drop_folder& folder, const std::vector<move_job>& jobs
);

/// Of a file that was shipped: what it holds beyond that, and whether a writer may add to it.
struct late_look {
    std::optional<file_growth> grown = {};
    spool::writer_state writers = spool::writer_state::none;
};

/// Looks at a file in one of our folders. A missing one has no writers and has not grown.
/// Blocking.
late_look look_for_growth(const spool::slice& file, spool::open_folders& through);

}  // namespace kustodrop::pipeline
