#include "daemon/admin/admin_access.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using daemon::admin_door;
using daemon::is_our_host;
using daemon::objection_to_change;

static constexpr admin_door by_socket{true, false};
static constexpr admin_door loopback{false, true};
static constexpr admin_door elsewhere{false, false};

BOOST_AUTO_TEST_SUITE(admin_access)

BOOST_AUTO_TEST_CASE(answers_on_loopback_to_the_names_of_this_machine_only) {
    for (auto host :
         {"localhost", "LOCALHOST:9464", "127.0.0.1", "127.0.0.1:80", "[::1]", "[::1]:9464"}) {
        BOOST_TEST(is_our_host(host, loopback), host);
    }
    for (auto host :
         {"",
          "evil.example",
          "evil.example:9464",
          "localhost.evil.example",
          "127.0.0.1.evil.example",
          "10.0.0.1",
          "[::2]",
          "[::1",
          ":9464"}) {
        BOOST_TEST(!is_our_host(host, loopback), host);
    }
}

BOOST_AUTO_TEST_CASE(answers_elsewhere_to_any_address_but_to_no_name) {
    for (auto host : {"10.1.2.3:9464", "10.1.2.3", "[fd00::1]:9464", "localhost"}) {
        BOOST_TEST(is_our_host(host, elsewhere), host);
    }
    for (auto host : {"", "evil.example", "10.evil", "[]", "["}) {
        BOOST_TEST(!is_our_host(host, elsewhere), host);
    }
}

BOOST_AUTO_TEST_CASE(does_not_ask_for_the_name_on_the_socket) {
    BOOST_TEST(is_our_host("anything", by_socket));
}

static http::headers from_the_page(std::string token) {
    return {
        {"Host", "127.0.0.1:9464"},
        {"Origin", "http://127.0.0.1:9464"},
        {"X-Kustodrop-Token", std::move(token)}};
}

BOOST_AUTO_TEST_CASE(lets_the_socket_and_the_own_page_change_things) {
    BOOST_TEST(objection_to_change({}, by_socket, "t") == "");
    BOOST_TEST(objection_to_change(from_the_page("t"), loopback, "t") == "");
}

BOOST_AUTO_TEST_CASE(lets_nobody_else_change_things) {
    BOOST_TEST(objection_to_change(from_the_page("t"), elsewhere, "t") != "");
    BOOST_TEST(objection_to_change(from_the_page("other"), loopback, "t") != "");
    BOOST_TEST(objection_to_change(from_the_page(""), loopback, "") != "");
    BOOST_TEST(objection_to_change({}, loopback, "t") != "");
    http::headers no_token{{"Host", "localhost"}, {"Origin", "http://localhost"}};
    BOOST_TEST(objection_to_change(no_token, loopback, "t") != "");
    http::headers no_origin{{"Host", "localhost"}, {"X-Kustodrop-Token", "t"}};
    BOOST_TEST(objection_to_change(no_origin, loopback, "t") != "");
    http::headers another{
        {"Host", "localhost"}, {"Origin", "http://evil.example"}, {"X-Kustodrop-Token", "t"}};
    BOOST_TEST(objection_to_change(another, loopback, "t") != "");
}

BOOST_AUTO_TEST_SUITE_END()
