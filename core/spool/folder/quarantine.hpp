#pragma once

#include "spool/folder/drop_folder.hpp"

#include <string>
#include <string_view>

/// Where files go after a failure. Every move is a rename that never overwrites, and may be asked
/// for again after a crash. Blocking.
namespace kustodrop::spool {

/// Moves to quarantine/NAME beside NAME.error.json with `error_json` and returns the new location.
/// Done already: succeeds.
result<std::string> quarantine(
    const drop_folder& folder,
    const slice& file,
    const std::string& source_id,
    std::string_view error_json
);

}  // namespace kustodrop::spool
