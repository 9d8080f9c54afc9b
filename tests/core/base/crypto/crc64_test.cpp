#include "base/crypto/crc64.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;

namespace {

// The definition: the remainder of a division, bit by bit.
std::uint64_t by_bits(std::string_view bytes) {
    std::uint64_t remainder = ~0ull;
    for (unsigned char byte : bytes) {
        for (unsigned bit = 0; bit < 8; ++bit) {
            bool odd = ((remainder ^ (byte >> bit)) & 1u) != 0;
            remainder = (remainder >> 1u) ^ (odd ? 0x9A6C9329AC4BC9B5ull : 0);
        }
    }
    return ~remainder;
}

std::string noise(std::size_t bytes) {
    std::string out;
    for (std::uint32_t x = 1; out.size() < bytes; x = x * 1664525u + 1013904223u) {
        out += static_cast<char>(x >> 24u);
    }
    return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(crc64_)

BOOST_AUTO_TEST_CASE(has_the_check_value_that_its_catalogue_names) {
    BOOST_TEST(crc64("123456789") == 0xAE8B14860A799888ull);
    BOOST_TEST(crc64("") == 0u);
    BOOST_TEST(crc64_bytes(0xAE8B14860A799888ull) == "\x88\x98\x79\x0A\x86\x14\x8B\xAE");
}

BOOST_AUTO_TEST_CASE(is_the_remainder_of_a_division_for_every_length_and_alignment) {
    auto all = noise(700);
    for (std::size_t length = 0; length + 16 < all.size(); ++length) {
        auto piece = std::string_view(all).substr(length % 16, length);
        auto wanted = by_bits(piece);
        BOOST_REQUIRE_EQUAL(crc64(piece), wanted);
        BOOST_REQUIRE_EQUAL(crc64_by_tables(piece), wanted);
    }
}

BOOST_AUTO_TEST_CASE(goes_on_where_it_was) {
    auto all = noise(1000);
    auto whole = crc64(all);
    for (std::size_t first = 0; first <= all.size(); first += 37) {
        auto head = std::string_view(all).substr(0, first);
        auto rest = std::string_view(all).substr(first);
        BOOST_REQUIRE_EQUAL(crc64(rest, crc64(head)), whole);
        BOOST_REQUIRE_EQUAL(crc64_by_tables(rest, crc64_by_tables(head)), whole);
    }
}

BOOST_AUTO_TEST_SUITE_END()
