#pragma once

#include "spool/following/looking/open_logs.hpp"

#include <string>

namespace kustodrop::spool {

enum class inflation_end {
    whole,
    broken,      // It has no whole gzip stream: its writer may not be done.
    no_room,     // The folder for the inflated bytes takes no more: it may later.
    unreadable,  // The compressed file cannot be read now.
};

/// The inflated bytes of a gzip file, in a file without a name, which goes with its last
/// descriptor. Of a broken one: what comes before the place where it is.
struct inflation {
    inflation_end end = inflation_end::broken;
    shared_descriptor file;
    std::string detail;  // Why there is no room, or nothing can be read.
};

/// Inflates into the folder `scratch`, of whose file system a twentieth stays free. Blocking.
inflation inflate_log(int file, const std::string& scratch);

}  // namespace kustodrop::spool
