#include "spool/following/content/noise.hpp"

namespace kustodrop::spool {

static constexpr std::size_t least_sample = 64;

// Control characters that no log has; NULs are in UTF-16 and in what a writer has reserved.
static bool is_rare_control(unsigned char byte) {
    bool is_common = (byte >= '\t' && byte <= '\r') || byte == 0x1B;
    return byte > 0 && byte < 0x20 && !is_common;
}

bool is_noise(std::string_view sample) {
    if (sample.size() < least_sample) return false;
    std::size_t controls = 0;
    std::size_t high = 0;
    for (unsigned char byte : sample) {
        if (is_rare_control(byte)) ++controls;
        if (byte >= 0x80) ++high;
    }
    // Of random bytes a tenth are such controls, and half are beyond ASCII.
    return controls * 50 >= sample.size() && high * 4 >= sample.size();
}

}  // namespace kustodrop::spool
