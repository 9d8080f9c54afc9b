#include "pipeline/watch/target_gate.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::pipeline;

using ids = std::vector<std::string>;

static constexpr auto no_table = "BadRequest_TableNotExist";

struct refusing {
    target_gate subject;
    time_point now{};

    bool refuse(std::string_view id = "a", std::string_view code = no_table) {
        return subject.refused({id, code, "the table Web does not exist"}, now);
    }
    void pause() {
        for (int i = 0; i < 5; ++i) refuse();
        BOOST_TEST_REQUIRE(subject.is_paused());
    }
};

BOOST_FIXTURE_TEST_SUITE(target_gate_, refusing)

BOOST_AUTO_TEST_CASE(the_fifth_source_with_the_same_mistake_is_held_and_the_watch_is_paused) {
    for (int i = 0; i < 4; ++i) BOOST_TEST(!refuse());
    BOOST_TEST(subject.admits("b"));
    BOOST_TEST(refuse());
    BOOST_TEST(subject.is_paused());
    BOOST_TEST(subject.code() == no_table);
    BOOST_TEST(subject.details() == "the table Web does not exist");
    BOOST_TEST(!subject.admits("b"));
}

BOOST_AUTO_TEST_CASE(a_blob_of_many_files_is_held_at_its_first_failure) {
    BOOST_TEST(!subject.refused({"a", no_table, "", 4}, now));
    BOOST_TEST(subject.refused({"b", no_table, "", 1000}, now));
}

BOOST_AUTO_TEST_CASE(mistakes_of_different_kinds_or_long_apart_do_not_add_up) {
    for (int i = 0; i < 4; ++i) refuse();
    BOOST_TEST(!refuse("a", "BadRequest_DatabaseNotExist"));
    for (int i = 0; i < 4; ++i) refuse();
    now += 11min;
    BOOST_TEST(!refuse());
}

BOOST_AUTO_TEST_CASE(an_accepted_source_starts_the_count_again) {
    for (int i = 0; i < 4; ++i) refuse();
    subject.accepted("b");
    for (int i = 0; i < 4; ++i) BOOST_TEST(!refuse());
}

BOOST_AUTO_TEST_CASE(a_source_that_is_refused_while_the_watch_is_paused_is_held_too) {
    pause();
    BOOST_TEST(refuse("late"));
}

BOOST_AUTO_TEST_CASE(a_late_success_does_not_end_the_pause_but_the_probe_does) {
    pause();
    subject.accepted("sent long before");
    BOOST_TEST(subject.is_paused());
    subject.hold("p");
    subject.hold("q");
    now = *subject.next_release(now);
    BOOST_TEST(subject.release(now) == ids{"p"}, boost::test_tools::per_element());
    BOOST_TEST(subject.admits("p"));
    BOOST_TEST(!subject.admits("q"));
    subject.accepted("p");
    BOOST_TEST(!subject.is_paused());
    BOOST_TEST((subject.next_release(now) == now));
    BOOST_TEST(subject.release(now) == ids{"q"}, boost::test_tools::per_element());
    BOOST_TEST(subject.held() == 0u);
    BOOST_TEST(!subject.next_release(now).has_value());
    BOOST_TEST(!refuse());
}

BOOST_AUTO_TEST_CASE(probes_become_rarer_up_to_a_limit) {
    pause();
    subject.hold("p");
    BOOST_TEST((*subject.next_release(now) - now == 15s));
    for (auto wait : {30s, 60s, 120s, 240s, 300s, 300s}) {
        now = *subject.next_release(now);
        BOOST_TEST(subject.release(now).size() == 1u);
        BOOST_TEST(refuse("p"));
        BOOST_TEST(!subject.admits("p"));
        subject.hold("p");
        BOOST_TEST((*subject.next_release(now) - now == wait));
    }
}

BOOST_AUTO_TEST_CASE(nothing_is_released_before_a_probe_is_due_or_while_nothing_is_held) {
    BOOST_TEST(subject.release(now).empty());
    BOOST_TEST(!subject.next_release(now).has_value());
    pause();
    BOOST_TEST(!subject.next_release(now).has_value());
    subject.hold("p");
    BOOST_TEST(subject.release(now + 14s).empty());
    BOOST_TEST(subject.held() == 1u);
}

BOOST_AUTO_TEST_CASE(reopening_releases_all_that_was_held) {
    pause();
    subject.hold("p");
    subject.hold("q");
    subject.reopen();
    BOOST_TEST(!subject.is_paused());
    BOOST_TEST(subject.code().empty());
    ids both{"p", "q"};
    BOOST_TEST(subject.release(now) == both, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(one_refusal_of_a_post_pauses_the_watch) {
    BOOST_TEST(subject.refused({"a", "Forbidden", "no", 1, true}, now));
    BOOST_TEST(subject.is_refused_at_post());
    BOOST_TEST(!subject.admits("a"));
    subject.hold("a");
    subject.hold("b");
    now += 15s;
    BOOST_TEST(subject.release(now) == ids{"a"});
    subject.posted("b");  // It was on its way before.
    BOOST_TEST(subject.is_paused());
    subject.posted("a");
    BOOST_TEST(!subject.is_paused());
    BOOST_TEST(subject.release(now) == ids{"b"});
}

BOOST_AUTO_TEST_CASE(a_post_does_not_disprove_what_a_notification_has_said) {
    pause();
    subject.refused({"late", "Forbidden", "no", 1, true}, now);
    subject.hold("a");
    now += 15s;
    BOOST_TEST(subject.release(now) == ids{"a"});
    subject.posted("a");
    BOOST_TEST(subject.is_paused());
    BOOST_TEST(!subject.is_refused_at_post());
}

BOOST_AUTO_TEST_SUITE_END()
