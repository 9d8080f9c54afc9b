#include "azure/identity/token_answer.hpp"

#include "base/text.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace kustodrop;

namespace {

const auto now = *parse_iso8601("2026-08-22T10:00:00Z");

result<azure::access_token> read(unsigned status, std::string body, http::headers headers = {}) {
    http::response answer{status, std::move(headers), std::move(body)};
    return azure::parse_token_answer(answer, "login.test", now);
}

std::string refusal(const std::string& number) {
    return R"({"error":"invalid_client","error_description":"AADSTS)" + number +
           R"(: Words. Trace ID: 1\r\nTimestamp: 2","error_codes":[)" + number +
           R"(],"trace_id":"77-88"})";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(token_answer_)

BOOST_AUTO_TEST_CASE(reads_a_token) {
    auto token = read(200, R"({"token_type":"Bearer","expires_in":3599,"access_token":"eyJ.x"})");
    BOOST_TEST(token->value.reveal() == "eyJ.x");
    BOOST_TEST((token->lifetime == 3599s));
    BOOST_TEST(!token->refresh_in.has_value());
}

BOOST_AUTO_TEST_CASE(reads_numbers_that_came_as_strings) {
    auto token = read(
        200,
        R"({"token_type":"bearer","expires_in":"86400","refresh_in":"43200","access_token":"t"})"
    );
    BOOST_TEST((token->lifetime == 24h));
    BOOST_TEST((token->refresh_in == 12h));
}

BOOST_AUTO_TEST_CASE(reads_the_time_of_expiry_where_there_is_no_lifetime) {
    auto then = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count() + 600;
    auto token = read(200, R"({"access_token":"t","expires_on":")" + std::to_string(then) + "\"}");
    BOOST_TEST((token->lifetime == 10min));
}

BOOST_AUTO_TEST_CASE(reads_a_time_of_expiry_that_is_a_date) {
    for (auto date :
         {"2026-08-22T10:10:00+00:00",
          "2026-08-22T10:10:00.0000000Z",
          "8/22/2026 10:10:00 AM +00:00",
          "08/22/2026 10:10:00 +00:00",
          "08/22/2026 12:10:00 +02:00"}) {
        auto token = read(200, R"({"access_token":"t","expires_on":")" + std::string(date) + "\"}");
        BOOST_REQUIRE(token.has_value());
        BOOST_TEST((token->lifetime == 10min));
    }
    for (auto date :
         {"8/22/2026 13:10:00 PM +00:00", "22/8/2026 10:10:00 +00:00", "soon", "8/22"}) {
        auto token = read(200, R"({"access_token":"t","expires_on":")" + std::string(date) + "\"}");
        BOOST_TEST(token.has_error());
    }
}

BOOST_AUTO_TEST_CASE(noon_and_midnight_of_a_clock_of_twelve) {
    auto noon = R"({"access_token":"t","expires_on":"8/22/2026 12:00:00 PM +00:00"})";
    BOOST_TEST((read(200, noon)->lifetime == 2h));
    auto midnight = R"({"access_token":"t","expires_on":"8/23/2026 12:00:00 AM +00:00"})";
    BOOST_TEST((read(200, midnight)->lifetime == 14h));
}

BOOST_AUTO_TEST_CASE(the_smaller_of_lifetime_and_time_of_expiry_counts) {
    auto body = R"({"access_token":"t","expires_in":86400,"expires_on":"2026-08-22T10:05:00Z"})";
    BOOST_TEST((read(200, body)->lifetime == 5min));
    body = R"({"access_token":"t","expires_in":60,"expires_on":"2026-08-22T10:05:00Z"})";
    BOOST_TEST((read(200, body)->lifetime == 1min));
}

BOOST_AUTO_TEST_CASE(the_time_of_expiry_is_by_the_clock_of_the_server) {
    auto body = R"({"access_token":"t","expires_in":600,"expires_on":"2026-08-22T09:10:00Z"})";
    http::headers an_hour_ago{{"Date", "Sat, 22 Aug 2026 09:00:00 GMT"}};
    BOOST_TEST((read(200, body, an_hour_ago)->lifetime == 10min));
    // Without it, an end that has passed by our clock proves nothing, and with it everything.
    BOOST_TEST((read(200, body)->lifetime == 10min));
    http::headers same{{"Date", "Sat, 22 Aug 2026 10:00:00 GMT"}};
    BOOST_TEST(read(200, body, same).has_error());
}

BOOST_AUTO_TEST_CASE(no_life_is_longer_than_a_week) {
    auto token = read(200, R"({"access_token":"t","expires_in":99999999999})");
    BOOST_TEST((token->lifetime == 168h));
}

BOOST_AUTO_TEST_CASE(no_refresh_is_later_than_the_end) {
    auto far = R"({"access_token":"t","expires_in":3600,"refresh_in":8374648533801762815})";
    BOOST_TEST((read(200, far)->refresh_in == 1h));
}

BOOST_AUTO_TEST_CASE(what_is_no_token_is_refused) {
    for (auto body :
         {"",
          "<html>",
          "[]",
          "{}",
          R"({"access_token":"t"})",
          R"({"expires_in":60})",
          R"({"access_token":"","expires_in":60})",
          R"({"access_token":"t","expires_in":0})",
          R"({"access_token":"t","expires_in":-5})",
          R"({"access_token":"t","expires_in":"soon"})",
          R"({"access_token":7,"expires_in":60})",
          R"({"access_token":"a\r\nb","expires_in":60})",
          R"({"token_type":"mac","access_token":"t","expires_in":60})",
          R"({"access_token":"t","expires_on":"5"})"}) {
        auto answer = read(200, body);
        BOOST_TEST_REQUIRE(answer.has_error(), body);
        BOOST_TEST(answer.error().code == errc::bad_answer);
        BOOST_TEST((answer.error().next == remedy::retry));
    }
}

BOOST_DATA_TEST_CASE(
    known_refusals_say_what_to_do,
    (boost::unit_test::data::make(
         {"7000215", "7000222", "700016", "700027", "700021", "700023", "90002"}
     ) ^
     boost::unit_test::data::make(
         {"auth.client_secret",
          "expired",
          "auth.client_id",
          "certificate",
          "federated",
          "federated",
          "auth.tenant_id"}
     )),
    number,
    expected
) {
    auto failed = read(401, refusal(number)).error();
    BOOST_TEST(failed.code.text() == "AADSTS" + std::string(number));
    BOOST_TEST((failed.next == remedy::reconfigure));
    BOOST_TEST(failed.detail.find(expected) != std::string::npos, failed.detail);
    BOOST_TEST(failed.detail.starts_with("no token from login.test: "));
    BOOST_TEST(failed.request_id == "77-88");
}

BOOST_AUTO_TEST_CASE(every_known_refusal_has_a_remedy) {
    for (auto* number :
         {"7000215", "7000222", "7000218", "7000229", "700016",  "700027", "700021",
          "700023",  "700024",  "700025",  "700211",  "700212",  "700213", "50013",
          "90002",   "900023",  "500011",  "53003",   "7000112", "501051", "65001"}) {
        auto failed = read(401, refusal(number)).error();
        BOOST_TEST(failed.detail.find("AADSTS") == std::string::npos, failed.detail);
    }
}

BOOST_AUTO_TEST_CASE(a_clock_that_is_off_is_reported_with_the_refusal) {
    auto text = [](std::string date) {
        return read(401, refusal("700024"), {{"Date", std::move(date)}}).error().message();
    };
    BOOST_TEST(text("Sat, 22 Aug 2026 10:12:00 GMT").find("12min 0s behind") != std::string::npos);
    BOOST_TEST(text("Sat, 22 Aug 2026 09:30:00 GMT").find("30min 0s ahead") != std::string::npos);
    for (auto* date : {"Sat, 22 Aug 2026 10:04:00 GMT", "Sat, 22 Aug 2026 09:56:00 GMT", "now"}) {
        BOOST_TEST(text(date).find("clock is") == std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(unknown_refusals_are_quoted_without_their_ids) {
    auto failed = read(400, refusal("123")).error();
    BOOST_TEST(failed.detail == "no token from login.test: AADSTS123: Words.");
    BOOST_TEST((failed.next == remedy::reconfigure));
}

BOOST_AUTO_TEST_CASE(the_number_may_stand_in_the_message_only) {
    auto body = R"({"error":"invalid_client","error_description":"AADSTS7000222: gone"})";
    BOOST_TEST(read(401, body).error().code.text() == "AADSTS7000222");
}

BOOST_AUTO_TEST_CASE(without_a_number_the_error_is_the_code) {
    BOOST_TEST(
        read(400, R"({"error":"invalid_request"})").error().code.text() == "invalid_request"
    );
    BOOST_TEST(read(403, "Forbidden").error().code.text() == "http_403");
}

BOOST_AUTO_TEST_CASE(transient_answers_are_tried_again_in_the_servers_time) {
    for (unsigned status : {408u, 410u, 429u, 500u, 503u}) {
        auto failed = read(status, "Too many requests", {{"Retry-After", "17"}}).error();
        BOOST_TEST((failed.next == remedy::retry));
        BOOST_TEST((failed.retry_after == 17s));
    }
    auto busy = read(400, R"({"error":"temporarily_unavailable"})").error();
    BOOST_TEST((busy.next == remedy::retry));
}

BOOST_AUTO_TEST_CASE(an_endless_answer_is_not_even_read) {
    auto body =
        R"({"access_token":"t","expires_in":60,"x":")" + std::string(2u << 20u, 'x') + "\"}";
    BOOST_TEST(read(200, body).error().code == errc::bad_answer);
}

BOOST_AUTO_TEST_CASE(a_token_asked_for_at_a_time_lives_from_then) {
    azure::access_token token;
    token.lifetime = 60s;
    token.refresh_in = 20s;
    auto asked_at = time_point(100s);
    auto fresh = azure::fresh_token(token, asked_at);
    BOOST_TEST((fresh.expires_at == time_point(160s)));
    BOOST_TEST((*fresh.refresh_at == time_point(120s)));
}

BOOST_AUTO_TEST_SUITE_END()
