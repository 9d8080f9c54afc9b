#include "base/crypto/crc64.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <cstring>

#ifdef __x86_64__
#include <immintrin.h>
#endif

namespace kustodrop {

namespace {

constexpr std::uint64_t polynomial = 0x9A6C9329AC4BC9B5;  // Its lowest power is the highest bit.

constexpr std::uint64_t times_x(std::uint64_t value) {
    return (value >> 1u) ^ ((value & 1u) != 0 ? polynomial : 0);
}

// tables[n][b]: what byte b does to the remainder when n bytes follow it.
constexpr auto tables = [] {
    std::array<std::array<std::uint64_t, 256>, 8> out{};
    for (std::size_t byte = 0; byte < 256; ++byte) {
        std::uint64_t value = byte;
        for (int bit = 0; bit < 8; ++bit) value = times_x(value);
        out[0][byte] = value;
    }
    for (std::size_t n = 1; n < out.size(); ++n) {
        for (std::size_t byte = 0; byte < 256; ++byte) {
            auto before = out[n - 1][byte];
            out[n][byte] = out[0][before & 0xFFu] ^ (before >> 8u);
        }
    }
    return out;
}();

std::uint64_t u64_at(const char* bytes) {
    static_assert(std::endian::native == std::endian::little);
    std::uint64_t out = 0;
    std::memcpy(&out, bytes, sizeof out);
    return out;
}

std::uint64_t add(std::uint64_t remainder, std::string_view bytes) {
    for (; bytes.size() >= 8; bytes.remove_prefix(8)) {
        auto mixed = remainder ^ u64_at(bytes.data());
        remainder = 0;
        for (unsigned n = 0; n < 8; ++n) remainder ^= tables[7 - n][mixed >> 8 * n & 0xFFu];
    }
    for (unsigned char byte : bytes) {
        remainder = tables[0][(remainder ^ byte) & 0xFFu] ^ (remainder >> 8u);
    }
    return remainder;
}

#ifdef __x86_64__

constexpr std::uint64_t power_of_x(unsigned exponent) {
    std::uint64_t out = 1ull << 63u;
    while (exponent-- > 0) out = times_x(out);
    return out;
}

constexpr std::size_t lane_bytes = 16;
constexpr std::size_t lanes = 8;
constexpr std::size_t stride_bytes = lanes * lane_bytes;

// What moves the two halves of a lane over so many bits: the first is 64 bits ahead of the second,
// and the product of two reflected numbers is one bit short.
struct shift {
    std::uint64_t first;
    std::uint64_t second;
};
constexpr shift shift_by(unsigned bits) { return {power_of_x(bits + 63), power_of_x(bits - 1)}; }
constexpr shift over_a_lane = shift_by(8 * lane_bytes);
constexpr shift over_a_stride = shift_by(8 * stride_bytes);

#define KUSTODROP_FOLDS __attribute__((target("pclmul,sse4.1")))

KUSTODROP_FOLDS __m128i loaded(const char* bytes) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes));
}

KUSTODROP_FOLDS __m128i as_lane(shift by) {
    return _mm_set_epi64x(static_cast<long long>(by.second), static_cast<long long>(by.first));
}

KUSTODROP_FOLDS __m128i folded(__m128i lane, __m128i by, __m128i onto) {
    auto first = _mm_clmulepi64_si128(lane, by, 0x00);
    auto second = _mm_clmulepi64_si128(lane, by, 0x11);
    return _mm_xor_si128(_mm_xor_si128(first, second), onto);
}

// Folds whole strides into sixteen bytes with the same remainder (Gopal et al., "Fast CRC
// Computation for Generic Polynomials Using PCLMULQDQ Instruction"); the tables do the rest.
KUSTODROP_FOLDS std::uint64_t add_folding(std::uint64_t remainder, std::string_view bytes) {
    __m128i lane[lanes];
    for (std::size_t i = 0; i < lanes; ++i) lane[i] = loaded(bytes.data() + i * lane_bytes);
    lane[0] = _mm_xor_si128(lane[0], _mm_set_epi64x(0, static_cast<long long>(remainder)));
    bytes.remove_prefix(stride_bytes);
    auto by = as_lane(over_a_stride);
    for (; bytes.size() >= stride_bytes; bytes.remove_prefix(stride_bytes)) {
        for (std::size_t i = 0; i < lanes; ++i) {
            lane[i] = folded(lane[i], by, loaded(bytes.data() + i * lane_bytes));
        }
    }
    by = as_lane(over_a_lane);
    for (std::size_t i = 1; i < lanes; ++i) lane[i] = folded(lane[i - 1], by, lane[i]);
    std::array<char, lane_bytes> same;
    _mm_storeu_si128(reinterpret_cast<__m128i*>(same.data()), lane[lanes - 1]);
    return add(add(0, {same.data(), same.size()}), bytes);
}

#undef KUSTODROP_FOLDS

bool can_fold() {
    static const bool can =
        __builtin_cpu_supports("pclmul") != 0 && __builtin_cpu_supports("sse4.1") != 0;
    return can;
}

#endif

}  // namespace

std::uint64_t crc64_by_tables(std::string_view bytes, std::uint64_t before) {
    return ~add(~before, bytes);
}

std::uint64_t crc64(std::string_view bytes, std::uint64_t before) {
#ifdef __x86_64__
    if (bytes.size() >= stride_bytes && can_fold()) return ~add_folding(~before, bytes);
#endif
    return crc64_by_tables(bytes, before);
}

std::string crc64_bytes(std::uint64_t crc) {
    std::string out;
    for (unsigned i = 0; i < 8; ++i) out += static_cast<char>(crc >> 8 * i & 0xFFu);
    return out;
}

}  // namespace kustodrop
