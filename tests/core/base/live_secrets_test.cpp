#include "base/live_secrets.hpp"

#include "base/crypto/crypto.hpp"
#include "base/log.hpp"
#include "base/secret.hpp"
#include "base/text.hpp"
#include "support/manual_clock.hpp"

#include <boost/test/unit_test.hpp>

#include <optional>

using namespace kustodrop;

namespace {

constexpr std::string_view canary = "canary~secret.+/=\"\\Zq8";

bool is_cut(const std::string& text) {
    auto out = without_secrets(text);
    return out.find("[secret]") != std::string::npos && out.size() < text.size() + 8;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(live_secrets_)

BOOST_AUTO_TEST_CASE(are_cut_out_in_every_form) {
    secret live{std::string(canary)};
    auto encoded = percent_encode(canary);
    BOOST_TEST(without_secrets("a " + std::string(canary) + " b") == "a [secret] b");
    BOOST_TEST(without_secrets("sig=" + encoded + "&x") == "sig=[secret]&x");
    BOOST_TEST(is_cut(percent_encode(encoded)));
    BOOST_TEST(is_cut(to_lower(encoded)) == false);  // Not its letters.
    BOOST_TEST(
        without_secrets("{\"a\":\"" + json_escape(canary) + "\"}") == "{\"a\":\"[secret]\"}"
    );
    BOOST_TEST(is_cut(json_escape(json_escape(canary))));
    for (std::size_t before = 0; before < 6; ++before) {
        auto text = std::string(before, 'x') + std::string(canary) + "tail";
        BOOST_TEST(is_cut(base64_encode(text)), before);
    }
    auto both = without_secrets(std::string(canary) + encoded + std::string(canary));
    BOOST_TEST(both == "[secret][secret][secret]");
}

BOOST_AUTO_TEST_CASE(are_cut_out_percent_encoded_with_small_letters_too) {
    secret live("value/with=signs");
    BOOST_TEST(without_secrets("value%2fwith%3dsigns") == "[secret]");
    BOOST_TEST(without_secrets("value%2Fwith%3Dsigns") == "[secret]");
}

BOOST_AUTO_TEST_CASE(are_forgotten_with_their_last_owner) {
    auto first = std::optional<secret>(secret("a-long-secret"));
    auto second = std::optional<secret>(*first);
    secret third = std::move(*second);
    second.reset();
    first.reset();
    BOOST_TEST(without_secrets("a-long-secret") == "[secret]");
    third = secret("another-secret");
    BOOST_TEST(without_secrets("a-long-secret another-secret") == "a-long-secret [secret]");
    third = secret();
    BOOST_TEST(without_secrets("another-secret") == "another-secret");
}

BOOST_AUTO_TEST_CASE(leave_other_text_as_it_is) {
    secret live("a-long-secret");
    for (std::string text :
         {"", "a", "a-long-secre", "A-LONG-SECRET", "nothing in particular here"}) {
        BOOST_TEST(without_secrets(text) == text);
    }
}

BOOST_AUTO_TEST_CASE(the_longer_of_two_is_cut_whole) {
    secret shorter("a-long-secret");
    secret longer("a-long-secret-that-goes-on");
    BOOST_TEST(without_secrets("<a-long-secret-that-goes-on>") == "<[secret]>");
    BOOST_TEST(without_secrets("<a-long-secret-that-ends>") == "<[secret]-that-ends>");
}

BOOST_AUTO_TEST_CASE(too_short_ones_are_left_where_they_are) {
    secret live("seven77");
    BOOST_TEST(without_secrets("seven77") == "seven77");
}

BOOST_AUTO_TEST_CASE(reach_no_line_of_the_log) {
    test::manual_clock clock;
    secret live{std::string(canary)};
    for (auto format : {log_format::text, log_format::journald, log_format::json}) {
        std::string line;
        logger log(clock, log_level::trace, format, [&](std::string_view text) { line = text; });
        log.trace("it said " + std::string(canary), {{"detail", std::string(canary)}});
        BOOST_TEST(line.find("canary") == std::string::npos, line);
        BOOST_TEST(line.find("[secret]") != std::string::npos, line);
    }
}

BOOST_AUTO_TEST_SUITE_END()
