#include "spool/folder/moves/moving.hpp"

#include <cerrno>
#include <fcntl.h>
#include <stdio.h>

namespace kustodrop::spool {

static bool knows_no_links(int error) {
    return error == EPERM || error == EOPNOTSUPP || error == ENOSYS;
}

// For file systems with neither RENAME_NOREPLACE nor links.
static int move_to_unused_name(const place_at& from, const place_at& to, writers there) {
    if (there == writers::anyone || look_at(to.folder, to.base)) return EEXIST;
    if (errno != ENOENT) return errno;
    auto* old_name = from.base.c_str();
    return ::renameat(from.folder, old_name, to.folder, to.base.c_str()) == 0 ? 0 : errno;
}

// Whether a sandbox refuses the call itself: a kernel says of these names that they are empty.
static bool is_renameat2_refused() {
    static const bool refused =
        ::renameat2(-1, "", -1, "", RENAME_NOREPLACE) != 0 && errno == EPERM;
    return refused;
}

static bool is_renameat2_missing(int error) {
    return error == EINVAL || error == ENOSYS || (error == EPERM && is_renameat2_refused());
}

int move_without_overwriting(const place_at& from, const place_at& to, writers there) {
    auto* old_name = from.base.c_str();
    auto* new_name = to.base.c_str();
    if (::renameat2(from.folder, old_name, to.folder, new_name, RENAME_NOREPLACE) == 0) return 0;
    int refusal = errno;
    if (!is_renameat2_missing(refusal)) return refusal;
    // FUSE keeps a file that is open under a hidden name when it is unlinked: it would seem to have
    // two names, and could not be claimed.
    if (there == writers::only_this_move) {
        auto error = move_to_unused_name(from, to, there);
        if (error != EEXIST) return error;
    }
    // File systems without NOREPLACE: a link never overwrites either.
    if (::linkat(from.folder, old_name, to.folder, new_name, 0) != 0) {
        if (knows_no_links(errno)) return move_to_unused_name(from, to, there);
        if (errno != EEXIST) return errno;
        // A crash between the link and the unlink leaves both names of the one file.
        auto first = look_at(from.folder, from.base);
        auto second = look_at(to.folder, to.base);
        if (!first || !second || !is_one_file(*first, *second)) return EEXIST;
    }
    return ::unlinkat(from.folder, old_name, 0) == 0 ? 0 : errno;
}

bool is_one_file(const sighting& first, const sighting& second) {
    return first.kind == file_kind::regular && first.links == 2 &&
           first.identity.inode == second.identity.inode &&
           first.identity.device == second.identity.device;
}

bool has_moved(const place_at& from, const place_at& to) {
    if (look_at(from.folder, from.base, freshness::asked) || !is_absence(errno)) return false;
    auto there = look_at(to.folder, to.base, freshness::asked);
    return there && there->kind == file_kind::regular;
}

bool is_absence(int error) { return error == ENOENT || error == ENOTDIR; }

bool is_blocked_target(int error) {
    return error == ENOENT || error == ENOTDIR || error == EEXIST || error == ELOOP ||
           error == ENAMETOOLONG || error == EXDEV;
}

failure vanished_failure(std::string_view what, std::string_view name) {
    return system_failure(errc::file_vanished, remedy::retry, what, name, ENOENT);
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
        return system_failure(errc::target_blocked, remedy::retry, what, name, error);
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
