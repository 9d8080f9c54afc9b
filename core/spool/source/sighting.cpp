#include "spool/source/sighting.hpp"

#include <algorithm>
#include <array>

namespace kustodrop::spool {

std::string_view to_string(file_kind kind) {
    static constexpr std::array names{
        "regular file", "folder", "symbolic link", "fifo", "socket", "device", "unknown kind"};
    return names[static_cast<std::size_t>(kind)];
}

bool marks(const sighting& marker, const sighting& file) {
    if (marker.kind != file_kind::regular) return false;
    // ctime of the marker, for no one can set it. Of the file the earlier of both: a later chmod
    // must not make the marker void, nor a time of modification in the future.
    auto& written = file.identity;
    return marker.identity.changed_ns >= std::min(written.modified_ns, written.changed_ns);
}

}  // namespace kustodrop::spool
