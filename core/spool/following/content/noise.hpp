#pragma once

#include <cstddef>
#include <string_view>

namespace kustodrop::spool {

/// So many of the first bytes of a file say whether it is noise.
inline constexpr std::size_t noise_sample_bytes = 4096;

/// Whether these are bytes as shred(1) writes them over a file: no text in any encoding. False for
/// what is too short to say. Pure.
bool is_noise(std::string_view sample);

}  // namespace kustodrop::spool
