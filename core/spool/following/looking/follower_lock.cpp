#include "spool/following/looking/follower_lock.hpp"

#include <sys/file.h>

#include <cerrno>
#include <fcntl.h>
#include <system_error>

namespace kustodrop::spool {

result<follower_lock> follower_lock::take(const drop_folder& folder) {
    // Opened again: another descriptor of the same opening would share the lock and outlive us.
    auto own = folder.open_folder("");
    if (!own) return own.error();
    int locked = -1;
    do {
        locked = ::flock(own->get(), LOCK_EX | LOCK_NB);
    } while (locked != 0 && errno == EINTR);
    follower_lock taken;
    if (locked != 0 && errno == EWOULDBLOCK) {
        auto detail = "another process, as a second kustodrop, has locked it by flock";
        failure locked_by{errc::folder_locked, remedy::retry, detail};
        locked_by.hint = "one daemon follows a folder: stop the other, or give each its own";
        return locked_by;
    }
    if (locked != 0) {
        taken.refusal_ = std::generic_category().message(errno);
    } else {
        taken.folder_ = std::move(*own);
    }
    return taken;
}

}  // namespace kustodrop::spool
