#pragma once

#include "base/result.hpp"
#include "spool/folder/beneath.hpp"

#include <string>

namespace kustodrop::spool {

/// One name in one open folder.
struct place_at {
    int folder = -1;
    std::string base;
};

/// Renames without ever overwriting. 0 or an errno: EEXIST if the target is taken.
int move_without_overwriting(const place_at& from, const place_at& to);

/// What an errno of a move means.
failure move_failure(std::string_view what, std::string_view name, int error);

/// Removes `folder` beneath root and its parents while they are empty, up to but without `stop`.
void remove_empty_folders(int root, std::string folder, std::string_view stop);

}  // namespace kustodrop::spool
