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

/// Who may put a file under the name that a move is about to take: one move alone, where the name
/// carries its id.
enum class writers { only_this_move, only_us, anyone };

/// Renames without ever overwriting. 0 or an errno: EEXIST if the target is taken, or if that
/// cannot be excluded because the file system knows neither RENAME_NOREPLACE nor links and anyone
/// may write there.
int move_without_overwriting(
    const place_at& from, const place_at& to, writers there = writers::only_us
);

/// Whether two names lead to one file that has no third: a move by link and unlink was interrupted.
bool is_one_file(const sighting& first, const sighting& second);

/// Whether a move that failed has been done all the same: a file server that repeats a request
/// answers the second time that nothing is there. Only for a target that no one else would put
/// there.
bool has_moved(const place_at& from, const place_at& to);

/// What an errno of a move means that is not about the file itself: of a move of what is there,
/// or of the folder it goes to.
failure move_failure(std::string_view what, std::string_view name, int error);

/// A look at the file itself found nothing.
failure vanished_failure(std::string_view what, std::string_view name);

/// Whether that errno of a look at a name says that nothing has it.
bool is_absence(int error);

/// Whether that errno of a move says that the folder or the name it goes to cannot be used, while
/// another may be free.
bool is_blocked_target(int error);

/// Removes `folder` beneath root and its parents while they are empty, up to but without `stop`.
void remove_empty_folders(int root, std::string folder, std::string_view stop);

}  // namespace kustodrop::spool
