#pragma once

#include <string>

namespace kustodrop::spool {

/// The library in use: "1.2.13".
std::string gzip_library_version();

}  // namespace kustodrop::spool
