#include "pipeline/intake/watching/schedule.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::pipeline;

struct planning {
    schedule subject;
    time_point now = time_point() + 1h;
    schedule::reasons why;

    duration wait() const { return subject.next_turn(why, now) - now; }

    static schedule::slice slice(std::size_t files, bool is_last, bool brought = false) {
        schedule::slice out;
        out.files = files;
        if (!is_last) out.next.emplace();
        out.brought_files = brought;
        return out;
    }
};

BOOST_FIXTURE_TEST_SUITE(schedule_, planning)

BOOST_AUTO_TEST_CASE(a_scan_is_due_at_first_and_then_once_an_interval) {
    BOOST_TEST(subject.is_scan_due(now));
    subject.begin_scan(now, 60s);
    BOOST_TEST(!subject.is_scan_due(now + 59s));
    BOOST_TEST(subject.is_scan_due(now + 60s));
    subject.scan_now(now);
    BOOST_TEST(subject.is_scan_due(now));
}

BOOST_AUTO_TEST_CASE(a_turn_is_taken_for_whatever_is_due_first) {
    subject.begin_scan(now, 3s);
    BOOST_TEST((wait() == 3s));
    why.look_due = now + 2s;
    BOOST_TEST((wait() == 2s));
    why.recheck_due = now + 1500ms;
    BOOST_TEST((wait() == 1500ms));
    why.release_due = now + 1s;
    BOOST_TEST((wait() == 1s));
    why.group_due = now + 500ms;
    BOOST_TEST((wait() == 500ms));
    why.has_complete = true;
    BOOST_TEST((wait() == 50ms));
    why.may_claim = true;
    BOOST_TEST((wait() == 0s));
    why = {};
    why.has_hints = true;
    BOOST_TEST((wait() == 0s));
}

BOOST_AUTO_TEST_CASE(no_wait_is_longer_than_five_seconds) {
    subject.begin_scan(now, 60s);
    BOOST_TEST((wait() == 5s));
    why.may_claim = true;
    BOOST_TEST((wait() == 5s));
}

BOOST_AUTO_TEST_CASE(one_slice_may_show_the_whole_folder) {
    BOOST_TEST(subject.finish_slice(slice(3, true, true)));
    BOOST_TEST(subject.waiting_in_folder() == 3u);
    BOOST_TEST(!subject.has_more_to_scan());
}

BOOST_AUTO_TEST_CASE(a_pass_of_several_slices_is_repeated_until_it_brings_nothing) {
    BOOST_TEST(!subject.finish_slice(slice(10, false, true)));
    BOOST_TEST(subject.position().has_value());
    BOOST_TEST(subject.has_more_to_scan());
    BOOST_TEST(!subject.finish_slice(slice(5, true)));
    BOOST_TEST(!subject.position().has_value());
    BOOST_TEST(subject.waiting_in_folder() == 15u);
    BOOST_TEST(subject.has_more_to_scan());
    BOOST_TEST(!subject.finish_slice(slice(10, false)));
    BOOST_TEST(subject.waiting_in_folder() == 15u);
    BOOST_TEST(!subject.finish_slice(slice(2, true)));
    BOOST_TEST(subject.waiting_in_folder() == 12u);
    BOOST_TEST(!subject.has_more_to_scan());
}

BOOST_AUTO_TEST_CASE(a_pass_can_be_started_again) {
    subject.finish_slice(slice(10, false));
    subject.begin_scan(now, 60s);
    subject.start_pass(now);
    BOOST_TEST(!subject.position().has_value());
    BOOST_TEST(!subject.has_more_to_scan());
    BOOST_TEST(subject.is_scan_due(now));
}

BOOST_AUTO_TEST_CASE(a_storm_of_events_asks_for_a_few_scans_a_second) {
    subject.begin_scan(now, 60s);
    subject.scan_soon(now);
    BOOST_TEST(!subject.is_scan_due(now));
    BOOST_TEST(subject.is_scan_due(now + 200ms));
    now += 30s;
    subject.begin_scan(now, 100ms);
    subject.scan_soon(now);
    BOOST_TEST(subject.is_scan_due(now + 100ms));
    now += 30s;
    subject.begin_scan(now - 1s, 60s);
    subject.scan_soon(now);
    BOOST_TEST(subject.is_scan_due(now));
}

BOOST_AUTO_TEST_CASE(a_slice_of_a_pass_that_was_started_again_does_not_end_it) {
    subject.begin_scan(now, 60s);
    subject.start_pass(now);
    BOOST_TEST(!subject.finish_slice(slice(3, true)));
    BOOST_TEST(!subject.has_ended_pass());
    BOOST_TEST(subject.is_scan_due(now));
    subject.begin_scan(now, 60s);
    BOOST_TEST(subject.finish_slice(slice(3, true)));
    BOOST_TEST(subject.has_ended_pass());
    subject.begin_scan(now, 60s);
    subject.finish_slice(slice(3, false));
    BOOST_TEST(!subject.has_ended_pass());
}

BOOST_AUTO_TEST_CASE(claims_are_counted_off_what_waits) {
    subject.finish_slice(slice(1, true));
    subject.claimed_one();
    subject.claimed_one();
    BOOST_TEST(subject.waiting_in_folder() == 0u);
    subject.finish_slice(slice(4, true));
    subject.forget_waiting();
    BOOST_TEST(subject.waiting_in_folder() == 0u);
}

BOOST_AUTO_TEST_CASE(it_is_idle_when_only_the_next_scan_can_bring_anything) {
    BOOST_TEST(!subject.is_idle(why, now));
    subject.begin_scan(now, 60s);
    BOOST_TEST(subject.is_idle(why, now));
    why.recheck_due = now;
    why.release_due = now;
    BOOST_TEST(subject.is_idle(why, now));
    for (auto* due : {&why.look_due, &why.group_due}) {
        *due = now;
        BOOST_TEST(!subject.is_idle(why, now));
        due->reset();
    }
    for (auto* has : {&why.has_hints, &why.has_complete}) {
        *has = true;
        BOOST_TEST(!subject.is_idle(why, now));
        *has = false;
    }
    subject.finish_slice(slice(10, false));
    BOOST_TEST(!subject.is_idle(why, now));
}

BOOST_AUTO_TEST_CASE(before_the_first_scan_the_next_one_is_not_put_off) {
    subject.scan_soon(now);
    BOOST_TEST(subject.is_scan_due(now));
    subject.begin_scan(now, 60s);
    subject.scan_soon(now);
    BOOST_TEST(!subject.is_scan_due(now));
    BOOST_TEST(subject.is_scan_due(now + 200ms));
}

BOOST_AUTO_TEST_SUITE_END()
