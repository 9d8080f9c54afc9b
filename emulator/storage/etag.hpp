#pragma once

#include "base/random.hpp"
#include "base/time.hpp"

#include <string>

namespace kustodrop::emulator {

/// An entity tag of its own for every change.
std::string make_etag(wall_time now, random_generator& random);

}  // namespace kustodrop::emulator
