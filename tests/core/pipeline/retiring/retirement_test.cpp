#include "pipeline/retiring/retirement.hpp"

#include "spool/source/place.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::pipeline;
using spool::outcome;

static spool::source shipped(std::uint64_t offset, std::uint64_t length) {
    spool::source what;
    what.id = "id-1";
    what.watch = "web";
    what.target = "Logs.Web";
    spool::file_identity identity{1, 2, offset + length, 100, 100};
    what.slices.push_back({"a.log", spool::work_location("id-1", "a.log"), offset, length, identity}
    );
    return what;
}

BOOST_AUTO_TEST_SUITE(retirement_)

BOOST_AUTO_TEST_CASE(success_is_archived_deleted_or_put_back_as_the_watch_says) {
    watch_options watch;
    for (auto good : {outcome::succeeded, outcome::skipped, outcome::presumed}) {
        watch.on_success = success_action::archive;
        BOOST_TEST((action_for(watch, good) == file_action::archive));
        watch.on_success = success_action::delete_;
        BOOST_TEST((action_for(watch, good) == file_action::delete_));
        watch.on_success = success_action::keep;
        BOOST_TEST((action_for(watch, good) == file_action::put_back));
    }
}

BOOST_AUTO_TEST_CASE(failure_is_never_deleted_or_archived) {
    watch_options watch;
    watch.on_success = success_action::delete_;
    for (auto bad : {outcome::failed, outcome::rejected}) {
        watch.on_failure = failure_action::quarantine;
        BOOST_TEST((action_for(watch, bad) == file_action::quarantine));
        watch.on_failure = failure_action::keep;
        BOOST_TEST((action_for(watch, bad) == file_action::put_back));
    }
}

BOOST_AUTO_TEST_CASE(unconfirmed_stays_until_a_late_notification_unless_it_is_archived) {
    watch_options watch;
    BOOST_TEST((action_for(watch, outcome::unconfirmed) == file_action::stay));
    BOOST_TEST(!is_final(watch, outcome::unconfirmed));
    watch.on_unconfirmed = unconfirmed_action::archive;
    BOOST_TEST((action_for(watch, outcome::unconfirmed) == file_action::archive));
    BOOST_TEST(is_final(watch, outcome::unconfirmed));
    BOOST_TEST(is_final(watch, outcome::failed));
}

BOOST_AUTO_TEST_CASE(what_was_added_to_a_log_is_a_source_of_its_own) {
    auto what = shipped(0, 100);
    auto now = what.slices.back().identity;
    now.size_bytes = 130;
    auto rest = successor_of(what, {now}, "id-2");
    BOOST_TEST_REQUIRE(rest.has_value());
    BOOST_TEST(rest->id == "id-2");
    BOOST_TEST(rest->watch == "web");
    BOOST_TEST(rest->slices.back().offset == 100u);
    BOOST_TEST(rest->slices.back().length_bytes == 0u);  // Decided by the next look.
    BOOST_TEST(rest->slices.back().has_rest());
    BOOST_TEST(rest->slices.back().location == what.slices.back().location);
}

BOOST_AUTO_TEST_CASE(growth_after_growth_begins_where_the_last_slice_ended) {
    auto what = shipped(100, 30);
    auto now = what.slices.back().identity;
    now.size_bytes = 131;
    auto rest = successor_of(what, {now}, "id-3");
    BOOST_TEST(rest->slices.back().offset == 130u);
}

BOOST_AUTO_TEST_CASE(a_file_that_shrank_or_was_replaced_is_shipped_whole_again) {
    auto what = shipped(0, 100);
    auto shrunk = what.slices.back().identity;
    shrunk.size_bytes = 40;
    BOOST_TEST(successor_of(what, {shrunk}, "id-2")->slices.back().offset == 0u);
    auto replaced = what.slices.back().identity;
    replaced.inode = 77;
    replaced.size_bytes = 500;
    BOOST_TEST(successor_of(what, {replaced}, "id-2")->slices.back().offset == 0u);
    what.slices.back().location = "a.log";  // In place.
    auto in_place = successor_of(what, {shrunk}, "id-2");
    BOOST_TEST(in_place->slices.back().length_bytes == 40u);
}

BOOST_AUTO_TEST_CASE(a_file_that_was_truncated_and_written_longer_is_shipped_whole_again) {
    auto what = shipped(0, 100);
    what.slices.back().end_check = 7;
    auto longer = what.slices.back().identity;
    longer.size_bytes = 130;
    auto grown = successor_of(what, {longer, true}, "id-2");
    BOOST_TEST(grown->slices.back().offset == 100u);
    BOOST_TEST(grown->slices.back().start_check == 7u);
    auto rewritten = successor_of(what, {longer, false}, "id-2");
    BOOST_TEST(rewritten->slices.back().offset == 0u);
    BOOST_TEST(rewritten->slices.back().start_check == 0u);
}

BOOST_AUTO_TEST_CASE(what_was_left_behind_the_last_record_is_shipped_by_a_successor) {
    auto what = shipped(0, 100);
    what.slices.back().length_bytes = 90;
    auto rest = successor_of(what, {what.slices.back().identity}, "id-2");
    BOOST_TEST_REQUIRE(rest.has_value());
    BOOST_TEST(rest->slices.back().offset == 90u);
    // Where it lies in place a part of it is never shipped.
    what.slices.back().location = "a.json";
    BOOST_TEST(!successor_of(what, {what.slices.back().identity}, "id-2").has_value());
}

BOOST_AUTO_TEST_CASE(what_failed_is_sent_again_with_what_was_added) {
    auto what = shipped(40, 60);
    what.slices.back().start_check = 3;
    spool::outcome_record record;
    record.outcome = outcome::failed;
    what.stage = spool::stage::settled{record};
    auto longer = what.slices.back().identity;
    longer.size_bytes = 130;
    auto next = successor_of(what, {longer}, "id-2");
    BOOST_TEST(next->slices.back().offset == 40u);
    BOOST_TEST(next->slices.back().start_check == 3u);
}

// The kernel may have given the disk another number since: this must not ship anything twice
// after a restart.
BOOST_AUTO_TEST_CASE(a_disk_of_another_number_is_no_other_file) {
    auto what = shipped(0, 100);
    auto now = what.slices.back().identity;
    now.device += 1;
    BOOST_TEST(!successor_of(what, {now}, "id-2").has_value());
    now.size_bytes = 130;
    BOOST_TEST(successor_of(what, {now}, "id-2")->slices.back().offset == 100u);
}

BOOST_AUTO_TEST_CASE(an_unchanged_file_has_no_successor) {
    auto what = shipped(0, 100);
    BOOST_TEST(!successor_of(what, {what.slices.back().identity}, "id-2").has_value());
}

BOOST_AUTO_TEST_CASE(what_was_rejected_is_sent_again_with_what_was_added) {
    auto what = shipped(40, 60);
    spool::outcome_record record;
    record.outcome = outcome::rejected;
    what.stage = spool::stage::settled{record};
    auto longer = what.slices.back().identity;
    longer.size_bytes = 130;
    BOOST_TEST(successor_of(what, {longer}, "id-2")->slices.back().offset == 40u);
    record.outcome = outcome::succeeded;
    what.stage = spool::stage::settled{record};
    BOOST_TEST(successor_of(what, {longer}, "id-2")->slices.back().offset == 100u);
}

BOOST_AUTO_TEST_SUITE_END()
