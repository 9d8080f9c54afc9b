#include "base/wording/plain_text.hpp"

#include <cstdint>
#include <cstring>

namespace kustodrop {

static constexpr std::uint64_t each_byte = 0x0101010101010101u;
static constexpr std::uint64_t top_bits = 0x80u * each_byte;

// Not 0 if one of the eight bytes is 0.
static constexpr std::uint64_t zeros(std::uint64_t bytes) {
    return (bytes - each_byte) & ~bytes & top_bits;
}

// Not 0 if one of the eight bytes is below a space, above '~', a quote or a backslash.
static constexpr std::uint64_t special(std::uint64_t bytes) {
    auto below = (bytes - 0x20u * each_byte) & ~bytes & top_bits;
    auto above = (bytes | (bytes + each_byte)) & top_bits;
    return below | above | zeros(bytes ^ '"' * each_byte) | zeros(bytes ^ '\\' * each_byte);
}

std::size_t plain_prefix(std::string_view text) {
    std::size_t at = 0;
    for (std::uint64_t bytes = 0; text.size() - at >= sizeof bytes; at += sizeof bytes) {
        std::memcpy(&bytes, text.data() + at, sizeof bytes);
        if (special(bytes)) break;
    }
    return at;
}

}  // namespace kustodrop
