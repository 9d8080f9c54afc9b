#include "spool/folder/moves/moving.hpp"

#include <cerrno>
#include <fcntl.h>
#include <stdio.h>

namespace kustodrop::spool {

int move_without_overwriting(const place_at& from, const place_at& to) {
    auto* old_name = from.base.c_str();
    auto* new_name = to.base.c_str();
    if (::renameat2(from.folder, old_name, to.folder, new_name, RENAME_NOREPLACE) == 0) return 0;
    if (errno != EINVAL && errno != ENOSYS) return errno;
    // File systems without NOREPLACE: a link never overwrites either.
    if (::linkat(from.folder, old_name, to.folder, new_name, 0) != 0) {
        if (errno != EEXIST) return errno;
        // A crash between the link and the unlink leaves both names of the one file.
        auto here = look_at(from.folder, from.base);
        auto there = look_at(to.folder, to.base);
        bool same = here && there && here->identity == there->identity && here->links == 2;
        if (!same) return EEXIST;
    }
    return ::unlinkat(from.folder, old_name, 0) == 0 ? 0 : errno;
}

// ESTALE says nothing about the file: a handle is too old, and what it led to may well be there.
failure move_failure(std::string_view what, std::string_view name, int error) {
    switch (error) {
    case ENOSPC:
    case EDQUOT:
        return system_failure(errc::disk_full, remedy::retry, what, name, error);
    case EACCES:
    case EPERM:
    case EROFS:
        return system_failure(errc::folder_read_only, remedy::reconfigure, what, name, error);
    case EXDEV:
    case ELOOP:
        return system_failure(errc::other_file_system, remedy::reconfigure, what, name, error);
    case ENAMETOOLONG:
        return system_failure(errc::name_too_long, remedy::give_up, what, name, error);
    case ENOENT:
    case ENOTDIR:
        return system_failure(errc::file_vanished, remedy::retry, what, name, error);
    case EEXIST:
        return system_failure(errc::name_taken, remedy::give_up, what, name, error);
    default:
        return system_failure(errc::move_failed, remedy::retry, what, name, error);
    }
}

void remove_empty_folders(int root, std::string folder, std::string_view stop) {
    while (folder.size() > stop.size() && folder.starts_with(stop)) {
        auto [parent, base] = split_folder(folder);
        auto open = open_beneath(root, parent, O_PATH | O_DIRECTORY);
        if (!open.is_open() || ::unlinkat(open.get(), base.c_str(), AT_REMOVEDIR) != 0) return;
        folder = parent;
    }
}

}  // namespace kustodrop::spool
