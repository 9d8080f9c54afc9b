#include "http/message.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

using namespace kustodrop;
using namespace kustodrop::http;

namespace {

std::optional<duration> wish(headers fields) {
    response answer{.status = 503, .headers = std::move(fields)};
    return retry_after(answer);
}

constexpr auto date = "Mon, 23 Nov 2026 00:00:00 GMT";

}  // namespace

BOOST_AUTO_TEST_SUITE(message_)

BOOST_AUTO_TEST_CASE(finds_headers_without_case_and_the_first_of_them) {
    headers fields{{"Content-Type", "a"}, {"x-ms-request-id", "b"}};
    fields.add("content-type", "c");
    BOOST_TEST(fields.find("CONTENT-TYPE").value() == "a");
    BOOST_TEST(fields.find("X-Ms-Request-Id").value() == "b");
    BOOST_TEST(!fields.find("Content").has_value());
}

BOOST_AUTO_TEST_CASE(names_its_verbs_as_the_wire_does) {
    BOOST_TEST(to_string(verb::get) == "GET");
    BOOST_TEST(to_string(verb::head) == "HEAD");
    BOOST_TEST(to_string(verb::put) == "PUT");
    BOOST_TEST(to_string(verb::post) == "POST");
    BOOST_TEST(to_string(verb::delete_) == "DELETE");
}

BOOST_AUTO_TEST_CASE(sends_the_borrowed_body_if_there_is_one) {
    request r;
    r.body = "own";
    BOOST_TEST(r.payload() == "own");
    r.borrowed_body = "borrowed";
    BOOST_TEST(r.payload() == "borrowed");
}

BOOST_AUTO_TEST_CASE(reads_a_wish_in_seconds) {
    BOOST_TEST((wish({{"Retry-After", "2"}}) == 2s));
    BOOST_TEST((wish({{"retry-after", " 120 "}}) == 120s));
    BOOST_TEST((wish({{"Retry-After", "0"}}) == 0s));
}

BOOST_AUTO_TEST_CASE(reads_a_wish_in_milliseconds_first) {
    BOOST_TEST((wish({{"Retry-After", "2"}, {"retry-after-ms", "150"}}) == 150ms));
    BOOST_TEST((wish({{"x-ms-retry-after-ms", "1500"}}) == 1500ms));
    BOOST_TEST((wish({{"Retry-After", "2"}, {"retry-after-ms", "soon"}}) == 2s));
}

BOOST_AUTO_TEST_CASE(reads_a_date_against_the_servers_own_clock) {
    BOOST_TEST((wish({{"Date", date}, {"Retry-After", "Mon, 23 Nov 2026 00:00:30 GMT"}}) == 30s));
    BOOST_TEST((!wish({{"Retry-After", "Mon, 23 Nov 2026 00:00:30 GMT"}})));
    BOOST_TEST((!wish({{"Date", date}, {"Retry-After", "Sun, 22 Nov 2026 00:00:30 GMT"}})));
}

BOOST_AUTO_TEST_CASE(believes_no_more_than_an_hour) {
    BOOST_TEST((wish({{"Retry-After", "86400"}}) == 1h));
    BOOST_TEST((wish({{"retry-after-ms", "9999999999"}}) == 1h));
    BOOST_TEST((wish({{"Date", date}, {"Retry-After", "Tue, 24 Nov 2026 00:00:00 GMT"}}) == 1h));
    // Further away than a duration reaches.
    BOOST_TEST((wish({{"Date", date}, {"Retry-After", "Fri, 24 Nov 4052 00:00:00 GMT"}}) == 1h));
}

BOOST_AUTO_TEST_CASE(takes_nonsense_for_nothing) {
    for (auto text : {"", "-1", "+1", "1.5", "1e3", "2s", "2, 3", "soon", "99999999999999999999"}) {
        BOOST_TEST((!wish({{"Date", date}, {"Retry-After", text}})), text);
    }
    BOOST_TEST((!wish({})));
}

BOOST_AUTO_TEST_SUITE_END()
