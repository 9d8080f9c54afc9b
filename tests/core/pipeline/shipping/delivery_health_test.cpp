#include "pipeline/shipping/delivery_health.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using pipeline::delivery_health;

namespace {

struct delivering {
    delivery_health health;
    time_point now{1h};
    std::string hanging;  // A watch that could not go on in any case.

    bool fails(std::string_view operation = "upload", const char* code = "AuthorizationFailure") {
        bool ends =
            health.note(operation, failure{service_code(code), remedy::reroute, "why"}, now);
        health.waits("web");
        return ends;
    }
    bool succeeds(std::string_view operation = "upload") {
        return health.note(operation, result<void>(), now);
    }
    void fail_for(duration time, std::string_view operation = "upload") {
        for (auto end = now + time; now < end; now += 5s) fails(operation);
    }
    std::optional<failure> trouble() const {
        return health.trouble(now, [this](const std::string& watch) { return watch != hanging; });
    }
    std::string code() const {
        auto found = trouble();
        return found ? std::string(found->code.text()) : "";
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(delivery_health_, delivering)

BOOST_AUTO_TEST_CASE(some_failures_are_not_trouble) {
    BOOST_TEST(code() == "");
    for (int i = 0; i < 10; ++i) fails();
    BOOST_TEST(code() == "");
}

BOOST_AUTO_TEST_CASE(failures_without_a_success_for_a_while_are) {
    fail_for(30s);
    BOOST_TEST(code() == "AuthorizationFailure");
    BOOST_TEST(trouble()->detail == "no upload succeeds: why");
}

BOOST_AUTO_TEST_CASE(two_failures_say_nothing_however_far_apart) {
    fails();
    now += 5min;
    fails();
    BOOST_TEST(code() == "");
}

BOOST_AUTO_TEST_CASE(one_success_ends_it_and_says_so_once) {
    fail_for(30s);
    BOOST_TEST(succeeds());
    BOOST_TEST(code() == "");
    BOOST_TEST(!succeeds());
    fails();
    BOOST_TEST(!succeeds());
}

BOOST_AUTO_TEST_CASE(uploads_that_work_do_not_hide_that_posts_do_not) {
    for (int i = 0; i < 10; ++i) {
        succeeds("upload");
        fails("post", "QueueNotFound");
        now += 5s;
    }
    BOOST_TEST(code() == "QueueNotFound");
    BOOST_TEST(succeeds("post"));
}

BOOST_AUTO_TEST_CASE(what_was_tried_long_ago_says_nothing_any_more) {
    fail_for(30s);
    now += 20min;
    BOOST_TEST(code() == "");
    fails();
    BOOST_TEST(code() == "");
}

BOOST_AUTO_TEST_CASE(it_is_not_said_of_a_service_that_nothing_waits_for) {
    fail_for(30s);
    hanging = "web";
    BOOST_TEST(code() == "");
    // Another watch is refused as well.
    fails();
    health.waits("other");
    BOOST_TEST(code() == "AuthorizationFailure");
    succeeds();
    hanging.clear();
    BOOST_TEST(code() == "");
    health.waits("web");
    BOOST_TEST(code() == "");
}

BOOST_AUTO_TEST_CASE(a_long_pause_that_the_service_wants_is_trouble_as_long_as_it_lasts) {
    failure busy{service_code("http_429"), remedy::retry, "later"};
    busy.retry_after = 1h;
    health.note("post", busy, now);
    health.waits("web");
    now += 19s;
    BOOST_TEST(code() == "");
    now += 1s;
    BOOST_TEST(code() == "http_429");
    now += 59min;
    BOOST_TEST(code() == "http_429");
    now += 16min;
    BOOST_TEST(code() == "");
}

BOOST_AUTO_TEST_CASE(a_short_pause_is_none) {
    failure busy{service_code("http_429"), remedy::retry, "later"};
    busy.retry_after = 10s;
    health.note("post", busy, now);
    health.waits("web");
    now += 30s;
    BOOST_TEST(code() == "");
}

BOOST_AUTO_TEST_CASE(the_last_failure_is_known_before_it_is_trouble) {
    BOOST_TEST(!health.last_failure().has_value());
    fails("post", "ServerBusy");
    now += 1s;
    fails();
    BOOST_TEST(code() == "");
    BOOST_TEST(
        to_string(*health.last_failure()) == "AuthorizationFailure: no upload succeeds: why"
    );
    succeeds();
    BOOST_TEST(health.last_failure()->code.text() == "ServerBusy");
}

BOOST_AUTO_TEST_CASE(what_is_forgotten_is_not_trouble) {
    fail_for(30s);
    health.forget();
    BOOST_TEST(code() == "");
    BOOST_TEST(health.is_clear());
    fails();
    BOOST_TEST(code() == "");
}

BOOST_AUTO_TEST_SUITE_END()
