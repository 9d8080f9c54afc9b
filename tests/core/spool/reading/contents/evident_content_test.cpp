#include "spool/reading/contents/evident_content.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

using namespace kustodrop;
using namespace std::string_view_literals;

static std::string seen(std::string_view bytes) {
    auto all = std::string(spool::evident_content(bytes));
    return all.substr(0, all.find_first_of(",;"));
}

// As a program of Windows writes it: each byte of the text and a zero.
static std::string wide(std::string_view text, bool zero_first) {
    std::string out;
    for (char one : text) {
        if (zero_first) out += '\0';
        out += one;
        if (!zero_first) out += '\0';
    }
    return out;
}

BOOST_AUTO_TEST_SUITE(evident_content_)

BOOST_AUTO_TEST_CASE(names_documents_and_pages) {
    BOOST_TEST(seen("%PDF-1.7\n%\xe2\xe3\n") == "a PDF");
    BOOST_TEST(seen("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") == "a document of Office");
    BOOST_TEST(seen("PK\x03\x04 ... [Content_Types].xml") == "a document of Office");
    BOOST_TEST(seen("\n<!DOCTYPE html><title>Sign in</title>") == "an HTML page");
    BOOST_TEST(seen("\xef\xbb\xbf<html>") == "an HTML page");
}

BOOST_AUTO_TEST_CASE(names_encodings_with_or_without_a_mark) {
    BOOST_TEST(
        seen("\xff\xfe"
             "a\0,\0"sv) == "UTF-16"
    );
    BOOST_TEST(seen("\xfe\xff\0a\0,"sv) == "UTF-16");
    BOOST_TEST(seen(wide("id,name\r\n1,x\r\n", false)) == "UTF-16");
    BOOST_TEST(seen(wide("id,name\r\n1,x\r\n", true)) == "UTF-16");
    BOOST_TEST(seen("\xff\xfe\0\0a\0\0\0"sv) == "UTF-32");
}

BOOST_AUTO_TEST_CASE(names_what_is_encrypted_or_has_a_schema) {
    BOOST_TEST(seen("-----BEGIN PGP MESSAGE-----\n") == "encrypted");
    BOOST_TEST(seen("age-encryption.org/v1\n") == "encrypted");
    BOOST_TEST(seen("Salted__\x01\x02") == "encrypted");
    BOOST_TEST(seen("PAR1\x15\x04") == "Parquet");
    BOOST_TEST(seen("Obj\x01\x04") == "Avro");
    BOOST_TEST(seen("ORC\0\x01"sv) == "ORC");
}

BOOST_AUTO_TEST_CASE(text_and_what_is_compressed_is_not_guessed_at) {
    for (auto text : {
             ""sv,
             "1,x\n"sv,
             "\xef\xbb\xbfid,name\n"sv,
             "%PDF,is here\n"sv,
             "ORC,1\n"sv,
             "<a>,1\n"sv,
             "Stra\xdf"
             "e,1\n"sv,
             "a\0b,c\n"sv,
             "{\"html\": \"<html>\"}"sv,
             "\x1f\x8b\x08\0\0\0\0\0\0\0\0\0"sv,
             "PK\x03\x04 data.csv"sv,
         }) {
        BOOST_TEST(seen(text) == "", text);
    }
}

BOOST_AUTO_TEST_SUITE_END()
