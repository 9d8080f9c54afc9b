#include "pipeline/watch/pausing.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::pipeline;

static constexpr auto no_table = "BadRequest_TableNotExist";

struct refusing {
    pausing subject;
    time_point now{};

    bool fail(std::string_view id = "a", std::string_view code = no_table) {
        return subject.failed({id, code, "the table Web does not exist"}, now);
    }
    void pause() {
        for (int i = 0; i < 5; ++i) fail();
        BOOST_TEST_REQUIRE(subject.is_paused());
    }
};

BOOST_FIXTURE_TEST_SUITE(pausing_, refusing)

BOOST_AUTO_TEST_CASE(the_fifth_source_with_the_same_mistake_is_held_and_the_watch_stands_still) {
    for (int i = 0; i < 4; ++i) BOOST_TEST(!fail());
    BOOST_TEST(subject.admits("b"));
    BOOST_TEST(fail());
    BOOST_TEST(subject.is_paused());
    BOOST_TEST(subject.code() == no_table);
    BOOST_TEST(subject.details() == "the table Web does not exist");
    BOOST_TEST(!subject.admits("b"));
}

BOOST_AUTO_TEST_CASE(a_blob_of_many_files_is_held_at_its_first_failure) {
    BOOST_TEST(!subject.failed({"a", no_table, "", 4}, now));
    BOOST_TEST(subject.failed({"b", no_table, "", 1000}, now));
}

BOOST_AUTO_TEST_CASE(mistakes_of_different_kinds_or_long_apart_do_not_add_up) {
    for (int i = 0; i < 4; ++i) fail();
    BOOST_TEST(!fail("a", "BadRequest_DatabaseNotExist"));
    for (int i = 0; i < 4; ++i) fail();
    now += 11min;
    BOOST_TEST(!fail());
}

BOOST_AUTO_TEST_CASE(a_source_that_came_in_begins_the_count_anew) {
    for (int i = 0; i < 4; ++i) fail();
    subject.worked("b");
    for (int i = 0; i < 4; ++i) BOOST_TEST(!fail());
}

BOOST_AUTO_TEST_CASE(what_comes_back_while_it_stands_still_is_held_too) {
    pause();
    BOOST_TEST(fail("late"));
}

BOOST_AUTO_TEST_CASE(a_late_success_does_not_end_the_pause_but_the_probe_does) {
    pause();
    subject.worked("sent long before");
    BOOST_TEST(subject.is_paused());
    now = *subject.next_probe();
    subject.probe("p", now);
    BOOST_TEST(subject.admits("p"));
    BOOST_TEST(!subject.admits("q"));
    subject.worked("p");
    BOOST_TEST(!subject.is_paused());
    BOOST_TEST(!subject.next_probe().has_value());
    BOOST_TEST(!fail());
}

BOOST_AUTO_TEST_CASE(probes_come_ever_more_seldom_up_to_a_limit) {
    pause();
    BOOST_TEST((*subject.next_probe() - now == 15s));
    for (auto wait : {30s, 60s, 120s, 240s, 300s, 300s}) {
        now = *subject.next_probe();
        subject.probe("p", now);
        BOOST_TEST((*subject.next_probe() - now == wait));
        BOOST_TEST(fail("p"));
        BOOST_TEST(!subject.admits("p"));
    }
}

BOOST_AUTO_TEST_SUITE_END()
