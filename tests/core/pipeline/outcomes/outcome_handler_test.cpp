#include "core/pipeline/outcomes/awaiting.hpp"

using namespace kustodrop;
using pipeline::outcome_handler;
namespace stage = spool::stage;

namespace {

struct handling : test::awaiting {
    pipeline::expectations expected;
    pipeline::outcomes_options options;
    outcome_handler handler{
        {*sources, *absent, ready, watches, expected, identity_token, clock, random, log, measured},
        options,
        next};

    spool::source& awaited(int number, int file_count = 1) {
        auto& what = posted(number, file_count);
        expected.add(what.id, clock.now());
        return what;
    }

    void reports(int number, const std::string& code) {
        auto kind = kusto::notification_kind::failure;
        handler.apply(kusto::parse_notification(kind, failure_of(number, code)).value());
    }
    void reports_success(int number) {
        auto kind = kusto::notification_kind::success;
        handler.apply(kusto::parse_notification(kind, success(number)).value());
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(outcome_handler_, handling)

BOOST_AUTO_TEST_CASE(a_success_is_recorded_and_handed_on) {
    awaited(1);
    reports_success(1);
    BOOST_TEST(state(1) == "succeeded");
    BOOST_TEST(settled == std::vector{id_of(1)}, boost::test_tools::per_element());
    BOOST_TEST(expected.empty());
}

BOOST_AUTO_TEST_CASE(a_source_that_is_not_in_the_roster_is_nothing_to_act_on) {
    reports_success(1);
    BOOST_TEST(settled.empty());
}

// A source of an earlier run whose folder is not there.
static spool::source absent_source(test::awaiting& of, int number) {
    spool::source what;
    what.id = of.id_of(number);
    what.watch = "away";
    what.slices.push_back({"a.csv", test::in_work("a.csv"), 0, 10, {}});
    what.posts = 1;
    what.last_post_at = of.clock.wall_now();
    what.stage = stage::posted{{"a", "c", "b", 10, 5}, of.clock.wall_now()};
    return what;
}

BOOST_AUTO_TEST_CASE(a_success_is_recorded_although_the_folder_is_absent) {
    absent->add(absent_source(*this, 1));
    expected.add(id_of(1), clock.now());
    reports_success(1);
    BOOST_TEST(spool::name_of(absent->find(id_of(1))->stage) == "settled");
    BOOST_TEST(expected.empty());
    BOOST_TEST(settled.empty());
    BOOST_REQUIRE(!journal->flush().has_error());
    auto rows = journal->unretired().value();
    BOOST_REQUIRE(rows.size() == 1u);
    BOOST_TEST((spool::outcome_of(rows[0].stage)->outcome == spool::outcome::succeeded));
}

BOOST_AUTO_TEST_CASE(a_refusal_is_recorded_although_the_folder_is_absent) {
    absent->add(absent_source(*this, 1));
    reports(1, "Stream_WrongNumberOfFields");
    auto* record = spool::outcome_of(absent->find(id_of(1))->stage);
    BOOST_REQUIRE(record);
    BOOST_TEST(record->code == "Stream_WrongNumberOfFields");
    BOOST_TEST(absent->find(id_of(1))->failure_keys.size() == 1u);
}

BOOST_AUTO_TEST_CASE(what_is_to_be_sent_again_waits_for_its_folder) {
    absent->add(absent_source(*this, 1));
    reports(1, "General_RetryAttemptsExceeded");
    BOOST_TEST(spool::name_of(absent->find(id_of(1))->stage) == "uploaded");
    BOOST_TEST(next_ready() == "nothing");
}

BOOST_AUTO_TEST_CASE(a_late_success_of_an_unconfirmed_source_is_recorded_too) {
    auto what = absent_source(*this, 1);
    spool::outcome_record record;
    record.outcome = spool::outcome::unconfirmed;
    what.stage = stage::settled{record};
    absent->add(std::move(what));
    reports_success(1);
    auto* now = spool::outcome_of(absent->find(id_of(1))->stage);
    BOOST_TEST((now->outcome == spool::outcome::succeeded));
}

BOOST_AUTO_TEST_CASE(a_refused_target_does_not_fail_the_files_of_an_absent_folder) {
    absent->add(absent_source(*this, 1));
    reports(1, "BadRequest_TableNotExist");
    BOOST_TEST(spool::name_of(absent->find(id_of(1))->stage) == "uploaded");
}

BOOST_AUTO_TEST_CASE(nothing_is_awaited_of_what_is_held_or_to_be_posted_again) {
    for (int number = 1; number <= 7; ++number) awaited(number);
    awaited(8).posts = 2;
    for (int number = 1; number <= 6; ++number) reports(number, "BadRequest_TableNotExist");
    BOOST_TEST(state(6) == "uploaded");
    BOOST_TEST(!expected.contains(id_of(6)));
    BOOST_TEST(expected.contains(id_of(7)));
    reports(7, "General_RetryAttemptsExceeded");
    BOOST_TEST(state(7) == "uploaded");
    BOOST_TEST(!expected.contains(id_of(7)));
    reports(8, "BadRequest_TableNotExist");  // Of one of two posts.
    BOOST_TEST(state(8) == "uploaded");
    BOOST_TEST(expected.contains(id_of(8)));
}

BOOST_AUTO_TEST_CASE(a_failure_is_noted_once) {
    auto& what = awaited(1);
    what.posts = 3;
    reports(1, "Stream_WrongNumberOfFields");
    reports(1, "Stream_WrongNumberOfFields");
    BOOST_TEST(what.failure_keys.size() == 1u);
    BOOST_TEST(what.posts_before_failure == 3u);
    BOOST_TEST(what.last_failure->code == "Stream_WrongNumberOfFields");
    BOOST_TEST(state(1) == "posted");
}

BOOST_AUTO_TEST_CASE(a_failure_is_final_when_the_other_post_was_a_copy_in_either_order) {
    auto copy = "BlobAlreadyReceived_BlobAlreadyFoundInBatch";
    awaited(1).posts = 2;
    reports(1, "Stream_WrongNumberOfFields");
    BOOST_TEST(state(1) == "posted");
    reports(1, copy);
    BOOST_TEST(state(1) == "failed");
    auto& other = awaited(2);
    other.posts = 2;
    reports(2, copy);
    BOOST_TEST(state(2) == "posted");
    BOOST_REQUIRE(!journal->flush().has_error());
    for (auto& row : journal->unretired().value()) {
        if (row.id == other.id) BOOST_TEST(row.failure_keys == other.failure_keys);
    }
    reports(2, "Stream_WrongNumberOfFields");
    BOOST_TEST(state(2) == "failed");
}

BOOST_AUTO_TEST_CASE(a_copy_that_was_dropped_is_recorded_although_the_folder_is_absent) {
    auto what = absent_source(*this, 1);
    what.posts = 2;
    absent->add(std::move(what));
    reports(1, "Stream_WrongNumberOfFields");
    BOOST_TEST(spool::name_of(absent->find(id_of(1))->stage) == "posted");
    reports(1, "BlobAlreadyReceived_BlobAlreadyFoundInBatch");
    BOOST_TEST(spool::name_of(absent->find(id_of(1))->stage) == "settled");
}

BOOST_AUTO_TEST_CASE(a_blob_that_is_good_is_posted_again_after_a_wait) {
    awaited(1);
    reports(1, "General_RetryAttemptsExceeded");
    BOOST_TEST(state(1) == "uploaded");
    BOOST_TEST(next_ready() == "nothing");
    clock.advance(5min);
    BOOST_TEST(next_ready() == id_of(1));
    metric_labels labels{{"operation", "post"}, {"reason", "General_RetryAttemptsExceeded"}};
    BOOST_TEST(measured.count("kustodrop_retries_total", labels).value() == 1);
}

BOOST_AUTO_TEST_CASE(a_refused_identity_token_is_not_used_again) {
    awaited(1);
    BOOST_TEST(identity_token.current()->reveal() == "token 1");
    token_number = 1;
    reports(1, "BadRequest_InvalidKustoIdentityToken");
    BOOST_TEST(state(1) == "uploaded");
    settle();
    for (int i = 0; i < 60; ++i) pass(1s);
    BOOST_TEST(!identity_token.current());
    token_number = 2;
    for (int i = 0; i < 300; ++i) pass(1s);
    BOOST_REQUIRE(identity_token.current());
    BOOST_TEST(identity_token.current()->reveal() == "token 2");
}

BOOST_AUTO_TEST_CASE(a_token_that_one_of_several_posts_had_refused_is_not_used_again) {
    for (auto last : {"General_RetryAttemptsExceeded", "Download_SourceNotFound"}) {
        auto& what = awaited(1);
        what.posts = 2;
        reports(1, "BadRequest_InvalidKustoIdentityToken");
        BOOST_TEST(identity_token.current());  // The other post may be ingested.
        reports(1, last);
        BOOST_TEST(!identity_token.current());
        for (int i = 0; i < 300; ++i) pass(1s);
        BOOST_REQUIRE(identity_token.current());
    }
}

BOOST_AUTO_TEST_CASE(a_token_that_was_refused_while_the_folder_is_absent_is_not_used_again) {
    auto what = absent_source(*this, 1);
    what.token_number = identity_token.number();
    absent->add(std::move(what));
    reports(1, "BadRequest_InvalidKustoIdentityToken");
    BOOST_TEST(spool::name_of(absent->find(id_of(1))->stage) == "uploaded");
    BOOST_TEST(!identity_token.current());
}

BOOST_AUTO_TEST_CASE(a_refused_token_is_known_whatever_the_calendar_says) {
    auto& what = awaited(1);
    what.last_post_at -= 24h;  // As after a jump of the clock.
    reports(1, "BadRequest_InvalidKustoIdentityToken");
    BOOST_TEST(!identity_token.current());
}

BOOST_AUTO_TEST_CASE(a_token_of_this_run_is_not_to_blame_for_a_post_of_an_earlier_one) {
    auto& what = awaited(1);
    what.token_number = 0;
    reports(1, "BadRequest_InvalidKustoIdentityToken");
    BOOST_TEST(identity_token.current());
    BOOST_TEST(state(1) == "uploaded");
}

BOOST_AUTO_TEST_CASE(a_token_that_was_fetched_after_the_post_stays_in_use) {
    awaited(1);
    pass(1min);
    identity_token.request_refresh();
    pass(0s);
    auto newer = identity_token.current();
    reports(1, "BadRequest_InvalidKustoIdentityToken");
    BOOST_TEST(identity_token.current() == newer);
}

BOOST_AUTO_TEST_CASE(an_unconfirmed_source_is_sent_again_when_its_token_was_refused) {
    auto& what = awaited(1);
    handler.handle_timeout(what);
    reports(1, "BadRequest_InvalidKustoIdentityToken");
    BOOST_TEST(state(1) == "claimed");
    BOOST_TEST(!sources->is_parked(what));
    clock.advance(5min);
    BOOST_TEST(next_ready() == id_of(1));
}

BOOST_AUTO_TEST_CASE(no_file_fails_because_a_token_was_refused_again_and_again) {
    auto& what = awaited(1);
    for (int i = 0; i < 20; ++i) {
        auto code = "BadRequest_InvalidKustoIdentityToken\",\"FailedOn\":\"2026-08-22T00:00:";
        reports(1, code + std::to_string(10 + i) + "Z");
        BOOST_TEST(state(1) == "uploaded");
        ++what.posts;
        sources->advance(what, stage::posted{{"a", "c", "b", 10, 5}, clock.wall_now()});
    }
    BOOST_TEST(settled.empty());
}

BOOST_AUTO_TEST_CASE(a_blob_that_is_lost_is_uploaded_again) {
    awaited(1);
    reports(1, "Download_SourceNotFound");
    BOOST_TEST(state(1) == "claimed");
    clock.advance(5min);
    BOOST_TEST(next_ready() == id_of(1));
}

BOOST_AUTO_TEST_CASE(a_blob_of_two_files_is_sent_again_in_halves) {
    awaited(1, 2);
    reports(1, "Stream_WrongNumberOfFields");
    BOOST_TEST(state(1) == "retired");
    BOOST_TEST(sources->size() == 2u);
    BOOST_TEST(next_ready() != "nothing");
    BOOST_TEST(expected.empty());
    BOOST_TEST(settled.empty());
}

BOOST_AUTO_TEST_CASE(the_fifth_refusal_of_a_target_pauses_the_watch_and_holds_its_source) {
    for (int i = 1; i <= 5; ++i) {
        awaited(i);
        reports(i, "BadRequest_TableNotExist");
    }
    BOOST_TEST(state(4) == "failed");
    BOOST_TEST(state(5) == "uploaded");
    BOOST_TEST(web().gates.is_paused());
    BOOST_TEST(web().gates.held() == 1u);
    BOOST_TEST(logged("the watch is paused"));
    BOOST_TEST(logged("create the table or correct watches[].table, reload, then retry"));
}

BOOST_AUTO_TEST_CASE(bad_data_shows_that_the_target_is_right) {
    for (int i = 1; i <= 4; ++i) {
        awaited(i);
        reports(i, "BadRequest_TableNotExist");
    }
    awaited(5);
    reports(5, "Stream_WrongNumberOfFields");
    awaited(6);
    reports(6, "BadRequest_TableNotExist");
    BOOST_TEST(!web().gates.is_paused());
}

BOOST_AUTO_TEST_CASE(what_the_former_target_refused_goes_to_the_new_one) {
    auto& what = awaited(1);
    web().options.target.table = "New";
    reports(1, "BadRequest_TableNotExist");
    BOOST_TEST(what.target == "Logs.New");
    BOOST_TEST(state(1) == "uploaded");
    BOOST_TEST(next_ready() == id_of(1));
    BOOST_TEST(!web().gates.is_paused());
}

BOOST_AUTO_TEST_CASE(silence_parks_the_source_until_a_late_success) {
    auto& what = awaited(1);
    handler.handle_timeout(what);
    BOOST_TEST(state(1) == "unconfirmed");
    BOOST_TEST(sources->is_parked(what));
    BOOST_TEST(settled.empty());
    reports_success(1);
    BOOST_TEST(state(1) == "succeeded");
    BOOST_TEST(settled.size() == 1u);
    BOOST_TEST(!sources->is_parked(what));
}

BOOST_AUTO_TEST_CASE(silence_sends_again_where_the_watch_wants_that_and_counts_it) {
    web().options.on_unconfirmed = pipeline::unconfirmed_action::repost;
    auto& what = awaited(1);
    handler.handle_timeout(what);
    BOOST_TEST(state(1) == "claimed");
    BOOST_TEST(what.ambiguous_posts == 1u);
    BOOST_TEST(measured.count("kustodrop_posts_ambiguous_total", {{"watch", "web"}}).value() == 1);
    BOOST_TEST(next_ready() == id_of(1));
}

BOOST_AUTO_TEST_SUITE_END()
