#include "emulator/storage/etag.hpp"

#include <cstdio>

namespace kustodrop::emulator {

std::string make_etag(wall_time now, random_generator& random) {
    char text[40];
    auto ticks = static_cast<unsigned long long>(now.time_since_epoch().count());
    std::snprintf(
        text,
        sizeof text,
        "\"0x8D%011llX%02X\"",
        ticks & 0xFFFFFFFFFFFULL,
        static_cast<unsigned>(random() & 0xFF)
    );
    return text;
}

}  // namespace kustodrop::emulator
