#include "kusto/redact.hpp"

#include "base/text.hpp"

#include <boost/test/unit_test.hpp>

using kustodrop::is_valid_utf8;
using kustodrop::kusto::redacted;

BOOST_AUTO_TEST_SUITE(redact_)

BOOST_AUTO_TEST_CASE(takes_the_queries_out_of_urls) {
    BOOST_TEST(
        redacted("see 'https://a/c?sv=1&sig=a%2Bb%3D&se=2' and \"https://b/d?x=y\".", 200) ==
        "see 'https://a/c?…' and \"https://b/d?…\"."
    );
}

BOOST_AUTO_TEST_CASE(takes_them_out_of_urls_that_were_encoded_as_a_whole) {
    std::string once = "https%3A%2F%2Fa%2Fc%3Fsv%3D1%26sig%3DSECRET end";
    std::string twice = "https%253a%252f%252fa%252fc%253fsv%253d1%2526sig%253dSECRET end";
    for (auto& text : {once, twice}) {
        auto cut = redacted(text, 200);
        BOOST_TEST(cut.find("SECRET") == std::string::npos, cut);
        BOOST_TEST(cut.ends_with("?… end"), cut);
    }
    BOOST_TEST(redacted("x?sv%3D1%26sig%3DSECRET", 200) == "x?…");
    BOOST_TEST(redacted("x SIG%3DSECRET y", 200) == "x SIG%3D… y");
}

BOOST_AUTO_TEST_CASE(leaves_questions_alone) {
    BOOST_TEST(redacted("really? yes", 200) == "really? yes");
    BOOST_TEST(redacted("why", 200) == "why");
}

BOOST_AUTO_TEST_CASE(takes_named_secrets_out_wherever_they_stand) {
    BOOST_TEST(redacted("SIG=abc%2Bdef&x=1 rest", 200) == "SIG=… rest");
    BOOST_TEST(redacted("AccountName=a;AccountKey=QUJD==;x", 200) == "AccountName=a;AccountKey=…");
    BOOST_TEST(redacted("Authorization: Bearer eyJ.a.b end", 200) == "Authorization: Bearer … end");
    BOOST_TEST(redacted("sig=a sig=b", 200) == "sig=… sig=…");
}

BOOST_AUTO_TEST_CASE(is_one_printable_line) {
    BOOST_TEST(redacted("a\r\n  b\n\nc", 200) == "a b c");
    BOOST_TEST(redacted("a\x1b[31m", 200).find('\x1b') == std::string::npos);
}

BOOST_AUTO_TEST_CASE(is_cut_at_whole_characters) {
    std::string text;
    for (int i = 0; i < 1000; ++i) text += "ü";
    auto cut = redacted(text, 101);
    BOOST_TEST(cut.size() <= 101u + 3u);
    BOOST_TEST(is_valid_utf8(cut));
}

BOOST_AUTO_TEST_CASE(a_cut_leaves_no_half_secret) {
    auto text = std::string(380, 'x') + " https://a/c?sig=SECRETSECRET";
    BOOST_TEST(redacted(text, 100).find("SECRET") == std::string::npos);
    auto inside = std::string(80, 'x') + " https://a/c?sig=" + std::string(400, 'S');
    BOOST_TEST(redacted(inside, 100).find("SSS") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
