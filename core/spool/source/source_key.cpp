#include "spool/source/source_key.hpp"

#include <array>
#include <cinttypes>
#include <cstdio>

namespace kustodrop::spool {

static constexpr std::size_t id_chars = 36;

static constexpr bool is_hyphen_at(std::size_t i) {
    return i == 8 || i == 13 || i == 18 || i == 23;
}

static std::optional<unsigned> digit_of(char c) {
    if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10;
    return std::nullopt;
}

std::optional<source_key> key_of(std::string_view source_id) {
    if (source_id.size() != id_chars) return std::nullopt;
    source_key out;
    std::size_t digits = 0;
    for (std::size_t i = 0; i < id_chars; ++i) {
        if (is_hyphen_at(i)) {
            if (source_id[i] != '-') return std::nullopt;
            continue;
        }
        auto digit = digit_of(source_id[i]);
        if (!digit) return std::nullopt;
        auto& half = digits++ < 16 ? out.high : out.low;
        half = half << 4 | *digit;
    }
    return out;
}

std::string id_of(const source_key& key) {
    std::array<char, 33> digits;
    std::snprintf(digits.data(), digits.size(), "%016" PRIx64 "%016" PRIx64, key.high, key.low);
    std::string out;
    out.reserve(id_chars);
    for (std::size_t i = 0; i < 32; ++i) {
        if (is_hyphen_at(out.size())) out += '-';
        out += digits[i];
    }
    return out;
}

}  // namespace kustodrop::spool
