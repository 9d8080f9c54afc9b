#include "core/pipeline/outcomes/conversation.hpp"
#include "support/in_work.hpp"

using namespace kustodrop;
using namespace kustodrop::test;

BOOST_FIXTURE_TEST_SUITE(policy, conversation)

BOOST_AUTO_TEST_CASE(a_success_settles_the_source) {
    auto decided = after(success());
    auto& record = std::get<action::settle>(decided.next).record;
    BOOST_TEST((record.outcome == spool::outcome::succeeded));
    BOOST_TEST(record.operation_id == "op");
    BOOST_TEST((record.at == wall_time(20h)));
    BOOST_TEST(!decided.is_new_failure);
}

BOOST_AUTO_TEST_CASE(a_permanent_failure_of_the_only_post_settles_the_source) {
    auto decided = after(failed(data_code));
    auto& record = std::get<action::settle>(decided.next).record;
    BOOST_TEST((record.outcome == spool::outcome::failed));
    BOOST_TEST(record.code == data_code);
    BOOST_TEST(record.details == "why");
    BOOST_TEST(decided.is_new_failure);
}

BOOST_AUTO_TEST_CASE(a_settled_source_ignores_further_notifications) {
    source.stage = stage::settled{{spool::outcome::succeeded, "", "", "", {}}};
    BOOST_TEST(answer(success()) == "ignore");
    BOOST_TEST(answer(failed(data_code)) == "ignore");
}

BOOST_AUTO_TEST_CASE(an_unconfirmed_source_accepts_a_late_notification) {
    source.stage = stage::settled{{spool::outcome::unconfirmed, "", "", "", {}}};
    is_parked = true;
    BOOST_TEST(answer(success()) == "settle");
    BOOST_TEST(answer(failed(data_code)) == "settle");
}

BOOST_AUTO_TEST_CASE(a_transient_failure_waits_for_the_service_to_try_again) {
    auto decided = after(failed(data_code, failure_status::transient));
    BOOST_TEST(name_of(decided.next) == "wait");
    BOOST_TEST(!decided.is_new_failure);
    BOOST_TEST(answer(failed("BlobAlreadyReceived_BlobAlreadyFoundInBatch")) == "wait");
}

BOOST_AUTO_TEST_CASE(a_failure_that_was_noted_before_is_ignored) {
    source.posts = 2;
    has_failed(failed(data_code));
    auto decided = after(failed(data_code));
    BOOST_TEST(name_of(decided.next) == "ignore");
    BOOST_TEST(!decided.is_new_failure);
}

BOOST_AUTO_TEST_CASE(a_failure_waits_while_another_post_is_outstanding) {
    source.posts = 2;
    auto decided = after(failed(data_code));
    BOOST_TEST(name_of(decided.next) == "wait");
    BOOST_TEST(decided.is_new_failure);
    has_failed(failed(data_code));
    BOOST_TEST(answer(failed("Stream_Other")) == "settle");
}

BOOST_AUTO_TEST_CASE(a_success_settles_whatever_failed_before) {
    source.posts = 2;
    has_failed(failed(data_code));
    BOOST_TEST(answer(success()) == "settle");
}

BOOST_AUTO_TEST_CASE(a_source_that_the_service_skipped_is_not_a_success) {
    auto skipped = failed("Skipped");
    skipped.skipped = true;
    auto decided = after(skipped);
    auto& record = std::get<action::settle>(decided.next).record;
    BOOST_TEST((record.outcome == spool::outcome::failed));
    BOOST_TEST(record.code == "Skipped");
}

BOOST_AUTO_TEST_CASE(a_source_that_was_skipped_because_a_copy_was_ingested_is_a_success) {
    deduplicates = true;
    auto skipped = failed("Skipped");
    skipped.skipped = true;
    auto decided = after(skipped);
    auto& record = std::get<action::settle>(decided.next).record;
    BOOST_TEST((record.outcome == spool::outcome::succeeded));
    BOOST_TEST(record.code == "");
    BOOST_TEST(!decided.is_new_failure);
}

BOOST_AUTO_TEST_CASE(a_refused_identity_token_is_never_the_end_of_a_source) {
    for (unsigned i = 0; i < 20; ++i) {
        auto refused = failed("BadRequest_InvalidKustoIdentityToken");
        refused.at = wall_time(std::chrono::seconds(i));
        BOOST_TEST(answer(refused) == "post_with_new_token");
        has_failed(refused);
        ++source.posts;
    }
    // Nor do these posts count towards the limit of others.
    BOOST_TEST(answer(failed("General_RetryAttemptsExceeded")) == "post_again");
}

BOOST_AUTO_TEST_CASE(a_refused_sas_is_never_the_end_of_a_source) {
    source.posts = options.resend_limit + 10;
    source.failure_keys.assign(source.posts - 1, "earlier");
    BOOST_TEST(answer(failed("BadRequest_InvalidAuthentication")) == "upload_again");
}

BOOST_AUTO_TEST_CASE(what_has_neither_its_file_nor_a_blob_is_not_sent_again) {
    source.slices.front().location.clear();
    // Its blob is enough where the service could read it.
    BOOST_TEST(answer(failed("General_RetryAttemptsExceeded")) == "post_again");
    BOOST_TEST(answer(failed("Download_SourceNotFound")) == "settle");
    source.stage = stage::posted{};
    BOOST_TEST(answer(failed("General_RetryAttemptsExceeded")) == "settle");
}

BOOST_AUTO_TEST_CASE(a_blob_that_could_not_be_read_is_uploaded_again) {
    BOOST_TEST(answer(failed("Download_SourceNotFound")) == "upload_again");
}

BOOST_AUTO_TEST_CASE(a_message_that_failed_is_posted_again) {
    BOOST_TEST(answer(failed("General_RetryAttemptsExceeded")) == "post_again");
    BOOST_TEST(
        answer(failed("General_InternalServerError", failure_status::exhausted)) == "post_again"
    );
}

BOOST_AUTO_TEST_CASE(what_is_on_its_way_to_a_shipper_is_not_sent_again) {
    source.stage = stage::claimed{};
    BOOST_TEST(answer(failed("General_RetryAttemptsExceeded")) == "ignore");
}

BOOST_AUTO_TEST_CASE(a_source_is_not_sent_again_without_end) {
    source.posts = options.resend_limit;
    source.failure_keys.assign(source.posts - 1, "earlier");
    BOOST_TEST(answer(failed("General_RetryAttemptsExceeded")) == "post_again");
    ++source.posts;
    source.failure_keys.push_back("another");
    BOOST_TEST(answer(failed("General_RetryAttemptsExceeded")) == "settle");
}

BOOST_AUTO_TEST_CASE(an_unconfirmed_source_has_no_blob_to_post_again) {
    source.stage = stage::settled{{spool::outcome::unconfirmed, "", "", "", {}}};
    is_parked = true;
    BOOST_TEST(answer(failed("General_RetryAttemptsExceeded")) == "settle");
}

BOOST_AUTO_TEST_CASE(several_files_are_split_when_one_of_them_is_to_blame) {
    source.slices.push_back({"b", in_work("b"), 0, 10, {}});
    BOOST_TEST(answer(failed(data_code)) == "split_source");
    auto behind_policy = failed(data_code);
    behind_policy.from_update_policy = true;
    BOOST_TEST(answer(behind_policy) == "settle");
    BOOST_TEST(answer(failed("SomethingOfTheFuture")) == "settle");
    source.slices[0].location.clear();
    BOOST_TEST(answer(failed(data_code)) == "settle");
}

BOOST_AUTO_TEST_CASE(the_first_refusals_of_a_target_settle_their_sources_and_are_counted) {
    auto decided = after(failed(target_code));
    BOOST_TEST(name_of(decided.next) == "settle");
    BOOST_TEST(decided.target_refused);
}

BOOST_AUTO_TEST_CASE(a_refusal_that_pauses_the_watch_holds_its_source) {
    for (auto id : {"1", "2", "3", "4"}) gate.refused({id, target_code, "why", 1}, at.now);
    auto decided = after(failed(target_code));
    BOOST_TEST(name_of(decided.next) == "hold_for_target");
    BOOST_TEST(decided.is_new_failure);
    BOOST_TEST(!gate.is_paused());
}

BOOST_AUTO_TEST_CASE(a_paused_watch_holds_even_a_source_with_another_post_outstanding) {
    for (auto id : {"1", "2", "3", "4", "5"}) gate.refused({id, target_code, "why", 1}, at.now);
    source.posts = 2;
    BOOST_TEST(answer(failed(target_code)) == "hold_for_target");
}

BOOST_AUTO_TEST_CASE(an_unconfirmed_source_is_not_held) {
    for (auto id : {"1", "2", "3", "4", "5"}) gate.refused({id, target_code, "why", 1}, at.now);
    source.stage = stage::settled{{spool::outcome::unconfirmed, "", "", "", {}}};
    is_parked = true;
    auto decided = after(failed(target_code));
    BOOST_TEST(name_of(decided.next) == "settle");
    BOOST_TEST(!decided.target_refused);
}

BOOST_AUTO_TEST_CASE(a_refusal_by_a_target_that_was_replaced_sends_the_source_to_the_new_one) {
    target = "Logs.New";
    auto decided = after(failed(target_code));
    BOOST_TEST(name_of(decided.next) == "send_to_new_target");
    BOOST_TEST(!decided.target_refused);
    source.posts = 2;
    BOOST_TEST(answer(failed(target_code)) == "wait");
}

BOOST_AUTO_TEST_CASE(the_same_table_counts_as_replaced_when_it_was_changed_after_the_post) {
    target_since = wall_time(11h);
    BOOST_TEST(answer(failed(target_code)) == "send_to_new_target");
    target_since = wall_time(9h);
    BOOST_TEST(answer(failed(target_code)) == "settle");
}

BOOST_AUTO_TEST_CASE(a_target_that_seems_to_change_after_every_post_ends_at_the_limit) {
    target_since = wall_time(11h);
    source.posts = options.resend_limit + 1;
    source.failure_keys.assign(source.posts - 1, "earlier");
    BOOST_TEST(answer(failed(target_code)) == "settle");
}

BOOST_AUTO_TEST_CASE(bad_data_is_bad_for_any_target) {
    target = "Logs.New";
    BOOST_TEST(answer(failed(data_code)) == "settle");
}

BOOST_AUTO_TEST_CASE(a_source_whose_watch_is_not_configured_is_settled_all_the_same) {
    is_watched = false;
    BOOST_TEST(answer(success()) == "settle");
    auto decided = after(failed(target_code));
    BOOST_TEST(name_of(decided.next) == "settle");
    BOOST_TEST(!decided.target_refused);
    BOOST_TEST(on_timeout() == "park");
}

BOOST_AUTO_TEST_CASE(two_failures_differ_by_operation_time_or_code) {
    auto one = failed(data_code);
    auto other = one;
    BOOST_TEST(failure_key(one) == failure_key(other));
    other.operation_id = "another";
    BOOST_TEST(failure_key(one) != failure_key(other));
    other = one;
    other.at = wall_time(1s);
    BOOST_TEST(failure_key(one) != failure_key(other));
    BOOST_TEST(failure_key(one) != failure_key(failed("Other")));
}

BOOST_AUTO_TEST_CASE(without_a_gate_nothing_is_held_for_a_target) {
    auto known = facts();
    known.gate = nullptr;
    for (auto id : {"1", "2", "3", "4", "5"}) gate.refused({id, target_code, "why", 1}, at.now);
    auto decided = decide(known, failed(target_code), options, at);
    BOOST_TEST(decided.target_refused);
    BOOST_TEST(name_of(decided.next) == "settle");
}

BOOST_AUTO_TEST_CASE(what_was_decided_while_the_watch_was_absent_waits_as_a_stage) {
    auto waits_as = [&](const any_action& next) { return stage_while_absent(source, next); };
    BOOST_TEST(!waits_as(action::ignore{}));
    BOOST_TEST(!waits_as(action::wait{}));
    BOOST_TEST(std::holds_alternative<stage::uploaded>(*waits_as(action::post_again{})));
    BOOST_TEST(std::holds_alternative<stage::uploaded>(*waits_as(action::post_with_new_token{})));
    BOOST_TEST(std::holds_alternative<stage::claimed>(*waits_as(action::upload_again{})));
    action::settle refused{record_of(failed(target_code), {})};
    action::settle bad_data{record_of(failed(data_code), {})};
    action::settle good{record_of(success(), {})};
    BOOST_TEST(std::holds_alternative<stage::uploaded>(*waits_as(refused)));
    BOOST_TEST(std::holds_alternative<stage::settled>(*waits_as(bad_data)));
    BOOST_TEST(std::holds_alternative<stage::settled>(*waits_as(good)));
    source.stage = stage::claimed{};
    BOOST_TEST(std::holds_alternative<stage::claimed>(*waits_as(action::post_again{})));
    BOOST_TEST(std::holds_alternative<stage::claimed>(*waits_as(refused)));
}

BOOST_AUTO_TEST_CASE(a_post_by_rest_whose_answer_was_lost_is_not_waited_for) {
    source.posts = 2;
    source.rest_posts = {{"Logs", "Web", ""}, {"Logs", "Web", "op"}};
    BOOST_TEST(pipeline::silent_posts(source) == 1u);
    BOOST_TEST(answer(failed(data_code)) == "settle");
}

BOOST_AUTO_TEST_CASE(a_post_by_rest_that_is_on_its_way_is_waited_for) {
    source.posts = 2;
    source.stage = stage::posting{{"a", "c", "b", 1, 1}, {}};
    source.rest_posts = {{"Logs", "Web", "op"}, {"Logs", "Web", ""}};
    BOOST_TEST(pipeline::silent_posts(source) == 0u);
    BOOST_TEST(answer(failed(data_code)) == "wait");
    source.posts = 3;
    source.rest_posts.insert(source.rest_posts.begin(), {"Logs", "Web", ""});
    BOOST_TEST(pipeline::silent_posts(source) == 1u);
    BOOST_TEST(answer(failed(data_code)) == "wait");
}

BOOST_AUTO_TEST_CASE(a_post_that_is_on_its_way_beside_answered_ones_is_not_silent) {
    source.posts = 2;
    source.stage = stage::posting{{"a", "c", "b", 1, 1}, {}};
    source.rest_posts = {{"Logs", "Web", "op"}};  // The other one is a queue message.
    BOOST_TEST(pipeline::silent_posts(source) == 0u);
    BOOST_TEST(answer(failed(data_code)) == "wait");
}

BOOST_AUTO_TEST_SUITE_END()
