#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>

namespace kustodrop {

/// The source of chance, a seam like the clock: a simulation seeds it, production draws the seed
/// from the operating system. Not for secrets.
using random_generator = std::mt19937_64;

random_generator seeded_from_the_system();

/// A random (version 4) GUID in its 36 character lower-case form.
std::string make_guid(random_generator& random);

/// Whether `text` is a GUID in its 36 character form, in either case.
bool is_guid(std::string_view text);

}  // namespace kustodrop
