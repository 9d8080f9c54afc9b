#include "pipeline/shipping/posting/post_troubles.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using pipeline::post_troubles;

namespace {

struct troubled {
    post_troubles subject;
    time_point now{1h};
    bool waits = true;

    void fail(const std::string& id, bool is_refused = true, const char* code = "BadRequest") {
        subject.failed(
            {id, "web", "L.A", is_refused}, {service_code(code), remedy::retry, "why"}, now
        );
    }
    std::string trouble(const std::string& watch = "web") const {
        auto found = subject.trouble(watch, now, [this](auto&) { return waits; });
        return found ? to_string(*found) : "";
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(post_troubles_, troubled)

BOOST_AUTO_TEST_CASE(what_fails_for_a_while_is_trouble_of_its_watch) {
    fail("1");
    now += 19s;
    BOOST_TEST(trouble() == "");
    now += 1s;
    BOOST_TEST(trouble() == "BadRequest: L.A: why");
    BOOST_TEST(trouble("other") == "");
    waits = false;
    BOOST_TEST(trouble() == "");
}

BOOST_AUTO_TEST_CASE(the_last_failure_of_the_oldest_is_what_is_said) {
    fail("1");
    now += 5s;
    fail("2", true, "Other");
    now += 5s;
    fail("1", true, "Later");
    now += 20s;
    BOOST_TEST(trouble() == "Later: L.A: why");
}

BOOST_AUTO_TEST_CASE(an_accepted_post_clears_what_may_go_through_now) {
    fail("1", false);
    for (int i = 0; i < 3; ++i) fail("2");
    now += 20s;
    subject.accepted("3", "L.B");
    BOOST_TEST(trouble() != "");
    subject.accepted("3", "L.A");
    BOOST_TEST(trouble() != "");  // One is refused again and again, whatever else goes through.
    subject.accepted("2", "L.A");
    BOOST_TEST(trouble() == "");
}

BOOST_AUTO_TEST_CASE(so_many_are_known_and_no_more) {
    for (int i = 0; i < 5000; ++i) fail(std::to_string(i));
    now += 20s;
    BOOST_TEST(trouble() != "");
    for (int i = 0; i < 1000; ++i) subject.forget(std::to_string(i));
    BOOST_TEST(trouble() == "");
    for (int i = 0; i < 5000; ++i) fail(std::to_string(i));
    now += 3h;
    fail("new", true, "New");
    now += 20s;
    BOOST_TEST(trouble() == "New: L.A: why");
}

BOOST_AUTO_TEST_CASE(what_is_too_large_is_no_trouble_of_its_watch) {
    for (auto* id : {"1", "2"}) {
        subject.failed({id, "web", "L.A", true, true}, {service_code("http_413")}, now);
        now += 1s;
    }
    now += 1min;
    BOOST_TEST(trouble() == "");
    auto found = [&](const char* watch) {
        return subject.oversized(watch, [this](auto&) { return waits; });
    };
    subject.accepted("3", "L.A");
    BOOST_TEST(found("web").sources == 2u);
    BOOST_TEST(found("web").first == "1");
    BOOST_TEST(found("web").why.code.text() == "http_413");
    BOOST_TEST(found("other").sources == 0u);
    waits = false;
    BOOST_TEST(found("web").sources == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
