#include "spool/library_version.hpp"

#include <zlib.h>

namespace kustodrop::spool {

std::string gzip_library_version() { return zlibVersion(); }

}  // namespace kustodrop::spool
