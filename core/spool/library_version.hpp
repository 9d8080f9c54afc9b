#pragma once

#include <string>

namespace kustodrop::spool {

/// The libraries in use: "3.40.1", "1.2.13".
std::string journal_library_version();
std::string gzip_library_version();

}  // namespace kustodrop::spool
