#pragma once

#include "spool/following/looking/open_logs.hpp"

#include <string>

namespace kustodrop::spool {

/// The inflated bytes of a gzip file, in a file without a name in the folder `scratch`, which goes
/// with its last descriptor. Null: the file is not complete, no gzip, or there is no room for it.
/// Blocking.
shared_descriptor inflate_log(int file, const std::string& scratch);

}  // namespace kustodrop::spool
