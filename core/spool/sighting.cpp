#include "spool/sighting.hpp"

#include <array>

namespace kustodrop::spool {

std::string_view to_string(file_kind kind) {
    static constexpr std::array names{
        "regular file", "folder", "symbolic link", "fifo", "socket", "device", "unknown kind"};
    return names[static_cast<std::size_t>(kind)];
}

}  // namespace kustodrop::spool
