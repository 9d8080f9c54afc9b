#include "spool/reading/compression_kind.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace kustodrop::spool;

BOOST_AUTO_TEST_SUITE(compression_kind_)

BOOST_AUTO_TEST_CASE(the_first_bytes_name_the_compression) {
    BOOST_TEST(compression_of("\x1F\x8B\x08") == "gzip");
    BOOST_TEST(compression_of("PK\x03\x04") == "zip");
    BOOST_TEST(compression_of(std::string("\xFD") + std::string("7zXZ\0", 5)) == "xz");
    BOOST_TEST(compression_of("\x28\xB5\x2F\xFD") == "zstd");
    BOOST_TEST(compression_of("\x04\x22\x4D\x18") == "lz4");
    BOOST_TEST(compression_of("BZh91AY&SY") == "bzip2");
    BOOST_TEST(compression_of("BZh9\x17rE8P\x90") == "bzip2");
    BOOST_TEST(compression_of("PK\x05\x06") == "zip");
    BOOST_TEST(compression_of("PK\x07\x08") == "zip");
    BOOST_TEST(compression_of("\x50\x2A\x4D\x18") == "zstd");
    BOOST_TEST(compression_of("\x5F\x2A\x4D\x18") == "zstd");
    BOOST_TEST(compression_of("7z\xBC\xAF\x27\x1C") == "7z");
    BOOST_TEST(compression_of("Rar!\x1A\x07\x01") == "rar");
    BOOST_TEST(compression_of("\x1F\x9D\x90") == "compress");
    std::string archive(512, '\0');
    archive.replace(257, 6, std::string("ustar\0", 6));
    BOOST_TEST(compression_of(archive) == "tar");
    archive.replace(257, 6, "ustar ");
    BOOST_TEST(compression_of(archive) == "tar");
}

BOOST_AUTO_TEST_CASE(text_is_not_taken_for_a_compression) {
    for (auto text : {"", "a", "BZh9 is a name\n", "PK,1\n", "{}\n", "a*M\x18\n"}) {
        BOOST_TEST(compression_of(text) == "", text);
    }
    BOOST_TEST(compression_of(std::string(256, 'x') + "\nustarboard\n") == "");
}

BOOST_AUTO_TEST_SUITE_END()
