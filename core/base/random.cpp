#include "base/random.hpp"

#include <cctype>

namespace kustodrop {

random_generator seeded_from_the_system() {
    std::random_device device;
    std::seed_seq seed{device(), device(), device(), device(), device(), device()};
    return random_generator(seed);
}

std::string make_guid(random_generator& random) {
    static constexpr char digits[] = "0123456789abcdef";
    static constexpr std::string_view shape = "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx";
    std::uint64_t bits = 0;
    int left = 0;
    std::string guid(shape);
    for (auto& place : guid) {
        if (place != 'x' && place != 'y') continue;
        if (left == 0) {
            bits = random();
            left = 16;
        }
        auto nibble = bits & 15u;
        place = digits[place == 'y' ? (nibble & 3u) | 8u : nibble];
        bits >>= 4;
        --left;
    }
    return guid;
}

bool is_guid(std::string_view text) {
    if (text.size() != 36) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text[i] != '-' : !std::isxdigit(static_cast<unsigned char>(text[i]))) {
            return false;
        }
    }
    return true;
}

}  // namespace kustodrop
