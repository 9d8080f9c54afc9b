#include "daemon/commands/checking/folder_holder.hpp"

#include "base/text.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace kustodrop::daemon {

static bool is_locked(int file) {
    struct ::flock whole = {};
    whole.l_type = F_WRLCK;
    whole.l_whence = SEEK_SET;
    return ::fcntl(file, F_OFD_GETLK, &whole) == 0 && whole.l_type != F_UNLCK;
}

std::optional<std::string> other_holder(
    const spool::drop_folder& folder, std::string_view state_directory
) {
    auto own = folder.open_folder(".kustodrop");
    if (own.has_error()) return std::nullopt;
    int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
    spool::descriptor file(::openat(own->get(), "lock", flags));
    if (!file.is_open() || !is_locked(file.get())) return std::nullopt;
    auto who = spool::holder_in(file.get());
    // What spool::holder_line() writes.
    if (who.ends_with(", state directory " + printable(state_directory))) return std::nullopt;
    return "held by " + (who.empty() ? "another process" : who);
}

}  // namespace kustodrop::daemon
