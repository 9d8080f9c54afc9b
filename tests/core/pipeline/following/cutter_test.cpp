#include "pipeline/following/cutter.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::pipeline;
using spool::followed_log;
using spool::range_wish;

namespace {

followed_log a_log(std::uint64_t number, std::uint64_t position, std::uint64_t size) {
    followed_log log;
    log.number = number;
    log.name = "app.log";
    log.position = position;
    log.size = size;
    return log;
}

followed_log rotated(followed_log log) {
    log.is_rotated = true;
    return log;
}

follow_options rules() {
    follow_options out;
    out.cut = {1000, 10s};
    out.record_wait = 5s;
    return out;
}

struct cutting {
    cutter subject{rules()};
    time_point now{};

    void look(std::vector<followed_log> logs) { subject.looked(logs, now); }
    std::vector<range_wish> next(bool all = false) { return subject.next_cut(now, all); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(cutter_, cutting)

BOOST_AUTO_TEST_CASE(nothing_is_cut_of_logs_that_are_read_to_their_end) {
    look({a_log(1, 100, 100)});
    now += 1h;
    BOOST_TEST(next().empty());
    BOOST_TEST(next(true).empty());
    BOOST_TEST(subject.waiting_bytes() == 0u);
}

BOOST_AUTO_TEST_CASE(a_cut_is_due_when_the_oldest_bytes_are_old) {
    look({a_log(1, 0, 100)});
    now += 9s;
    look({a_log(1, 0, 200), a_log(2, 50, 60)});
    BOOST_TEST(next().empty());
    BOOST_TEST((subject.next_due() == time_point() + 10s));
    now += 1s;
    BOOST_TEST((next() == std::vector<range_wish>{{1, 200}, {2, 60}}));
    BOOST_TEST(subject.waiting_bytes() == 210u);
    BOOST_TEST(subject.waiting_logs() == 2u);
}

BOOST_AUTO_TEST_CASE(what_a_look_finds_may_be_as_old_as_the_look_before_it) {
    look({a_log(1, 0, 0)});
    now += 2s;
    look({a_log(1, 0, 100)});
    BOOST_TEST((subject.next_due() == time_point() + 10s));
    now += 2s;
    look({a_log(1, 0, 100), a_log(2, 0, 10)});
    subject.cut(1, 100, now);
    BOOST_TEST((subject.next_due() == time_point() + 12s));
    BOOST_TEST((subject.behind_since() == time_point() + 2s));
}

BOOST_AUTO_TEST_CASE(a_watch_looks_again_when_a_cut_is_due) {
    BOOST_TEST((subject.next_look(now) == now + 2s));
    look({a_log(1, 0, 100)});
    BOOST_TEST((subject.next_look(now) == now + 2s));
    BOOST_TEST((subject.next_look(now + 9s) == now + 10s));
    BOOST_TEST((subject.next_look(now + 10s) == now + 12s));
}

BOOST_AUTO_TEST_CASE(a_cut_is_due_when_there_is_enough) {
    look({a_log(1, 0, 400), a_log(2, 0, 400)});
    BOOST_TEST(next().empty());
    now += 1s;
    look({a_log(1, 0, 450), a_log(2, 0, 400), a_log(3, 0, 300)});
    BOOST_TEST((next() == std::vector<range_wish>{{1, 450}, {2, 400}, {3, 150}}));
}

BOOST_AUTO_TEST_CASE(a_large_part_travels_alone_and_no_cut_is_larger_than_max_bytes) {
    look({a_log(1, 0, 5000), a_log(2, 0, 10)});
    BOOST_TEST((next() == std::vector<range_wish>{{1, 1000}}));
    look({a_log(2, 0, 10), a_log(3, 0, 5000)});
    BOOST_TEST((next() == std::vector<range_wish>{{2, 10}}));
}

BOOST_AUTO_TEST_CASE(what_was_cut_does_not_wait_any_more) {
    look({a_log(1, 0, 100)});
    now += 10s;
    subject.cut(1, 80, now);
    BOOST_TEST(next().empty());
    look({a_log(1, 80, 100)});
    now += 10s;
    BOOST_TEST((next() == std::vector<range_wish>{{1, 100}}));
}

BOOST_AUTO_TEST_CASE(a_log_without_the_end_of_a_record_waits_for_more) {
    look({a_log(1, 0, 100)});
    now += 10s;
    subject.found_nothing({1, 100});
    BOOST_TEST(next().empty());
    BOOST_TEST(!subject.next_due());
    look({a_log(1, 0, 101)});
    BOOST_TEST((next() == std::vector<range_wish>{{1, 101}}));
}

BOOST_AUTO_TEST_CASE(a_part_that_others_left_room_for_says_nothing_of_the_whole) {
    look({a_log(1, 0, 100)});
    now += 10s;
    subject.found_nothing({1, 60});
    BOOST_TEST((next() == std::vector<range_wish>{{1, 100}}));
}

BOOST_AUTO_TEST_CASE(a_log_without_a_record_in_a_whole_source_does_not_hold_up_the_others) {
    look({a_log(1, 0, 5000), a_log(2, 0, 10)});
    BOOST_TEST((next() == std::vector<range_wish>{{1, 1000}}));
    BOOST_TEST(subject.found_nothing({1, 1000}));
    now += 10s;
    BOOST_TEST((next() == std::vector<range_wish>{{2, 10}}));
}

BOOST_AUTO_TEST_CASE(the_unfinished_end_of_a_rotated_log_is_cut_when_it_is_quiet) {
    look({rotated(a_log(1, 0, 100))});
    now += 10s;
    subject.found_nothing({1, 100});
    look({rotated(a_log(1, 0, 101))});
    subject.found_nothing({1, 101});
    BOOST_TEST(next().empty());
    now += 5s;
    BOOST_TEST((next() == std::vector<range_wish>{{1, 101, true}}));
    subject.found_nothing({1, 101, true});
    BOOST_TEST(next().empty());
    BOOST_TEST(next(true).empty());
}

BOOST_AUTO_TEST_CASE(at_the_end_nothing_is_waited_for) {
    look({a_log(1, 0, 100)});
    BOOST_TEST((next(true) == std::vector<range_wish>{{1, 100}}));
    subject.found_nothing({1, 100});
    BOOST_TEST((next(true) == std::vector<range_wish>{{1, 100, true}}));
}

BOOST_AUTO_TEST_CASE(a_deleted_log_ends_when_it_was_read_and_is_quiet) {
    auto deleted = rotated(a_log(1, 100, 100));
    deleted.is_nameless = true;
    deleted.writers = spool::writer_state::none;
    auto unread = deleted;
    unread.number = 2;
    unread.size = 101;
    look({deleted, unread, rotated(a_log(3, 100, 100))});
    BOOST_TEST(subject.ended(now).empty());
    now += 10s;
    BOOST_TEST_REQUIRE(subject.ended(now).size() == 1u);
    BOOST_TEST(subject.ended(now).front().number == 1u);
}

BOOST_AUTO_TEST_CASE(a_log_without_a_name_does_not_end_while_it_may_be_written) {
    auto written = rotated(a_log(1, 100, 100));
    written.is_nameless = true;
    written.writers = spool::writer_state::some;
    auto unknown = written;
    unknown.number = 2;
    unknown.writers = spool::writer_state::unknown;
    look({written, unknown});
    now += 59min;
    look({written, unknown});
    BOOST_TEST(subject.ended(now).empty());
    now += 1min;
    BOOST_TEST_REQUIRE(subject.ended(now).size() == 1u);
    BOOST_TEST(subject.ended(now).front().number == 2u);
    now += 24h;
    written.writers = spool::writer_state::none;
    look({written});
    BOOST_TEST(subject.ended(now).size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_watch_looks_at_its_logs_more_often_than_it_cuts) {
    BOOST_TEST((look_interval(100ms) == 250ms));
    BOOST_TEST((look_interval(4s) == 1s));
    BOOST_TEST((look_interval(1h) == 2s));
}

BOOST_AUTO_TEST_CASE(a_record_that_may_get_more_lines_is_cut_when_it_is_quiet) {
    auto of_lines = rules();
    of_lines.records.kind = spool::record_kind::unindented;
    subject.set_options(of_lines);
    look({a_log(1, 0, 100)});
    now += 10s;
    look({a_log(1, 0, 101)});
    BOOST_TEST((next() == std::vector<range_wish>{{1, 101}}));
    BOOST_TEST(subject.found_nothing({1, 101}));
    BOOST_TEST(next().empty());
    now += 5s;
    BOOST_TEST((next() == std::vector<range_wish>{{1, 101, false, true}}));
    // Not even a line: it waits for its end.
    BOOST_TEST(subject.found_nothing({1, 101, false, true}));
    BOOST_TEST(next().empty());
    look({a_log(1, 0, 102)});
    BOOST_TEST((next() == std::vector<range_wish>{{1, 102}}));
}

BOOST_AUTO_TEST_CASE(a_record_that_does_not_end_is_cut_at_a_line_when_it_has_waited) {
    look({a_log(1, 0, 100)});
    now += 10s;
    BOOST_TEST(subject.found_nothing({1, 100}));
    look({a_log(1, 0, 300)});
    now += 39s;
    BOOST_TEST(subject.found_nothing({1, 300}));
    BOOST_TEST(next().empty());
    now += 1s;
    BOOST_TEST((next() == std::vector<range_wish>{{1, 300, false, true}}));
    // What follows its line may end with records, and if not, has waited long enough as well.
    subject.cut(1, 40, now);
    BOOST_TEST((next() == std::vector<range_wish>{{1, 300}}));
    BOOST_TEST(subject.found_nothing({1, 300}));
    BOOST_TEST((next() == std::vector<range_wish>{{1, 300, false, true}}));
    // Half a line is not.
    BOOST_TEST(subject.found_nothing({1, 300, false, true}));
    BOOST_TEST(next().empty());
    BOOST_TEST((patience_with_records(100ms) == 10s));
    BOOST_TEST((patience_with_records(1min) == 5min));
}

// vector#24981
BOOST_AUTO_TEST_CASE(H2_the_end_of_a_rotated_log_goes_with_what_continues_it) {
    auto of_containers = rules();
    of_containers.records.kind = spool::record_kind::cri;
    subject.set_options(of_containers);
    auto old = rotated(a_log(1, 0, 100));
    old.name = "0.log.20261129";
    auto live = a_log(2, 0, 50);
    live.name = "0.log";
    auto other = a_log(3, 0, 10);
    other.name = "1.log";
    look({old, live, other});
    now += 10s;
    // The new log waits until what is before it is known to be unfinished.
    BOOST_TEST((next() == std::vector<range_wish>{{1, 100}, {3, 10}}));
    subject.cut(1, 60, now);
    subject.cut(3, 10, now);
    now += 10s;
    BOOST_TEST((next() == std::vector<range_wish>{{1, 100}}));
    BOOST_TEST(subject.found_nothing({1, 100}));
    BOOST_TEST((next() == std::vector<range_wish>{{1, 100, true}, {2, 50}}));
    subject.cut(1, 100, now);
    BOOST_TEST((next() == std::vector<range_wish>{{2, 50}}));
}

BOOST_AUTO_TEST_CASE(how_far_a_watch_is_behind_is_the_age_of_what_could_be_cut) {
    BOOST_TEST(!subject.behind_since().has_value());
    look({a_log(1, 0, 100), a_log(2, 50, 50)});
    auto first = now;
    now += 3s;
    look({a_log(1, 0, 100), a_log(2, 50, 50)});
    auto last = now;
    now += 3s;
    look({a_log(1, 0, 100), a_log(2, 50, 60)});
    BOOST_TEST((subject.behind_since() == first));
    BOOST_TEST(subject.found_nothing({1, 100}));
    BOOST_TEST((subject.behind_since() == last));
    BOOST_TEST(subject.found_nothing({2, 60}));
    BOOST_TEST(!subject.behind_since().has_value());
}

BOOST_AUTO_TEST_CASE(a_cut_has_a_reason) {
    look({a_log(1, 0, 100)});
    BOOST_TEST(subject.reason(now, false) == "age");
    BOOST_TEST(subject.reason(now, true) == "stop");
    look({a_log(1, 0, 100), a_log(2, 0, 900)});
    BOOST_TEST(subject.reason(now, false) == "size");
    BOOST_TEST(subject.cut(1, 60, now) == 60u);
    BOOST_TEST(subject.cut(1, 100, now) == 40u);
    BOOST_TEST(subject.cut(3, 100, now) == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
