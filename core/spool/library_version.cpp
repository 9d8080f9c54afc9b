#include "spool/library_version.hpp"

#include <sqlite3.h>
#include <zlib.h>

namespace kustodrop::spool {

std::string journal_library_version() { return sqlite3_libversion(); }
std::string gzip_library_version() { return zlibVersion(); }

}  // namespace kustodrop::spool
