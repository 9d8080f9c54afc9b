#pragma once

#include "pipeline/intake/watching/observed_files.hpp"
#include "spool/folder/drop_folder.hpp"

#include <string>
#include <vector>

namespace kustodrop::pipeline {

/// What a look at some names of a folder showed.
struct file_looks {
    std::vector<observed_files::look> seen;
    std::vector<std::string> absent;  // Or not to be looked at: a scan shows them again.
};

/// Looks at files, and with `marker` at their done markers. Blocking.
file_looks look_at_files(
    const spool::drop_folder& folder,
    const observed_files::look_list& wanted,
    const std::string& marker
);

}  // namespace kustodrop::pipeline
