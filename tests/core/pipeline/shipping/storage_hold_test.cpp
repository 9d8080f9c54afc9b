#include "pipeline/shipping/storage_hold.hpp"

#include "support/manual_clock.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using kustodrop::pipeline::storage_hold;
using kustodrop::pipeline::storage_holds;

namespace {

struct holding {
    time_point now{1h};
    storage_hold hold;

    bool refused(std::string_view source, std::string_view operation = "upload") {
        return hold.refused(operation, source, now);
    }
    auto wait_until(const std::string& source) { return hold.wait_until("upload", source, now); }
    bool may_go(const std::string& source) { return !wait_until(source); }

    void begin() {
        for (int i = 0; i < 5; ++i) refused("s");
        now += 10s;
        BOOST_REQUIRE(refused("s"));
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(storage_hold_, holding)

BOOST_AUTO_TEST_CASE(a_burst_of_refusals_holds_nothing) {
    for (int i = 0; i < 100; ++i) BOOST_TEST(!refused("s"));
    BOOST_TEST(may_go("s"));
}

BOOST_AUTO_TEST_CASE(few_refusals_hold_nothing_however_long_they_last) {
    for (int i = 0; i < 4; ++i) {
        BOOST_TEST(!refused("s"));
        now += 1h;
    }
    BOOST_TEST(may_go("s"));
}

BOOST_AUTO_TEST_CASE(refusals_that_last_hold_the_watch_and_are_said_once) {
    begin();
    BOOST_TEST(hold.holds());
    BOOST_TEST(!refused("t"));
    BOOST_TEST(!may_go("t"));
    BOOST_TEST((*wait_until("t") == now + 15s));
}

BOOST_AUTO_TEST_CASE(one_source_at_a_time_shows_whether_it_is_over) {
    begin();
    now += 15s;
    BOOST_TEST(may_go("t"));
    BOOST_TEST(may_go("t"));
    BOOST_TEST(!may_go("u"));
    BOOST_TEST((*wait_until("u") == now + 30s));
    refused("t");
    BOOST_TEST(!may_go("t"));
    for (int i = 0; i < 10; ++i) {
        now += 5min;
        BOOST_TEST(may_go("t"));
        refused("t");
    }
    BOOST_TEST((*wait_until("u") == now + 5min));
}

BOOST_AUTO_TEST_CASE(a_success_of_that_operation_ends_it) {
    begin();
    BOOST_TEST(!hold.succeeded("post"));
    BOOST_TEST(!may_go("t"));
    BOOST_TEST(hold.succeeded("upload"));
    BOOST_TEST(may_go("t"));
    BOOST_TEST(!hold.succeeded("upload"));
}

// As a probe it would show nothing.
BOOST_AUTO_TEST_CASE(what_is_uploaded_does_not_wait_for_uploads) {
    begin();
    now += 15s;
    BOOST_TEST(!hold.wait_until("post", "uploaded", now));
    BOOST_TEST(may_go("t"));
    BOOST_TEST(!hold.wait_until("post", "uploaded", now));
}

BOOST_AUTO_TEST_CASE(what_is_not_uploaded_waits_for_posts) {
    for (int i = 0; i < 5; ++i) refused("s", "post");
    now += 10s;
    BOOST_REQUIRE(refused("s", "post"));
    BOOST_TEST(!may_go("t"));
    BOOST_TEST(!!hold.wait_until("post", "u", now));
}

BOOST_AUTO_TEST_CASE(a_success_in_between_begins_the_count_again) {
    for (int i = 0; i < 4; ++i) refused("s");
    now += 10s;
    BOOST_TEST(!hold.succeeded("upload"));
    BOOST_TEST(!refused("s"));
    BOOST_TEST(may_go("s"));
}

BOOST_AUTO_TEST_CASE(another_operation_is_counted_for_itself) {
    for (int i = 0; i < 4; ++i) refused("s");
    now += 10s;
    BOOST_TEST(!refused("s", "post"));
    BOOST_TEST(may_go("s"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(storage_holds_)

BOOST_AUTO_TEST_CASE(each_watch_has_its_own_and_a_reason_while_it_lasts) {
    test::manual_clock clock;
    unsigned lines = 0;
    logger log{clock, log_level::info, log_format::text, [&](std::string_view) { ++lines; }};
    storage_holds holds(log);
    spool::source web;
    web.id = "s";
    web.watch = "web";
    failure odd{errc::service, remedy::reroute, "OddAnswer"};
    time_point now(1h);
    BOOST_TEST(!holds.reason("web").has_value());
    for (int i = 0; i < 5; ++i) holds.refused(web, odd, now);
    BOOST_TEST(!holds.reason("web").has_value());
    BOOST_TEST(!holds.wait_until(web, now).has_value());
    now += 10s;
    holds.refused(web, odd, now);
    BOOST_REQUIRE(holds.reason("web").has_value());
    BOOST_TEST(holds.reason("web")->detail == "storage refuses every upload: OddAnswer");
    BOOST_TEST((holds.wait_until(web, now) == now + 15s));
    auto other = web;
    other.watch = "app";
    BOOST_TEST(!holds.wait_until(other, now).has_value());
    BOOST_TEST(!holds.reason("app").has_value());
    holds.succeeded("app", "upload");
    holds.succeeded("web", "post");
    BOOST_TEST(holds.reason("web").has_value());
    holds.succeeded("web", "upload");
    BOOST_TEST(!holds.reason("web").has_value());
    BOOST_TEST(lines == 2u);
}

BOOST_AUTO_TEST_SUITE_END()
