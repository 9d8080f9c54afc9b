#include "daemon/commands/recorded/named_watch.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using daemon::unknown_watch;

static config::settings watches(const std::vector<std::string>& names) {
    config::settings out;
    for (auto& name : names) out.watches.emplace_back().name = name;
    return out;
}

BOOST_AUTO_TEST_SUITE(named_watch)

BOOST_AUTO_TEST_CASE(a_watch_is_known_by_its_whole_name) {
    BOOST_TEST(daemon::has_watch(watches({"web", "app"}), "app"));
    BOOST_TEST(!daemon::has_watch(watches({"web", "app"}), "ap"));
}

BOOST_AUTO_TEST_CASE(a_name_that_is_near_is_what_was_meant) {
    BOOST_TEST(
        unknown_watch(watches({"orders", "web"}), "wbe") ==
        "\"wbe\" is not a configured watch; did you mean web?"
    );
    BOOST_TEST(
        unknown_watch(watches({"web"}), "wb", "is nowhere") ==
        "\"wb\" is nowhere; did you mean web?"
    );
}

BOOST_AUTO_TEST_CASE(where_none_is_near_the_first_ones_are_named) {
    BOOST_TEST(
        unknown_watch(watches({"a1", "b2"}), "orders") ==
        "\"orders\" is not a configured watch; use a1 or b2"
    );
    auto many = unknown_watch(watches({"a", "b", "c", "d", "e", "f", "g"}), "orders");
    BOOST_TEST(many.ends_with("; use a, b, c, d, e or one of 2 more"));
    BOOST_TEST(unknown_watch(watches({}), "x") == "\"x\" is not a configured watch");
}

BOOST_AUTO_TEST_CASE(what_a_terminal_would_obey_is_shown_harmless) {
    BOOST_TEST(unknown_watch(watches({}), "a\x1b[31m").find('\x1b') == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
