#include "core/pipeline/outcomes/conversation.hpp"

using namespace kustodrop;
using namespace kustodrop::test;

BOOST_FIXTURE_TEST_SUITE(timeout_policy, conversation)

BOOST_AUTO_TEST_CASE(silence_leaves_a_source_unconfirmed) {
    auto next = decide_on_timeout(facts(), options, at);
    auto& record = std::get<action::park>(next).record;
    BOOST_TEST((record.outcome == spool::outcome::unconfirmed));
    BOOST_TEST(record.code == "no_notification");
}

BOOST_AUTO_TEST_CASE(silence_settles_where_unconfirmed_files_are_archived) {
    on_unconfirmed = unconfirmed_action::archive;
    auto next = decide_on_timeout(facts(), options, at);
    auto& record = std::get<action::settle>(next).record;
    BOOST_TEST((record.outcome == spool::outcome::unconfirmed));
}

BOOST_AUTO_TEST_CASE(silence_reposts_where_the_watch_wants_it_but_not_without_end) {
    on_unconfirmed = unconfirmed_action::repost;
    BOOST_TEST(on_timeout() == "repost");
    source.posts = options.resend_limit + 1;
    BOOST_TEST(on_timeout() == "park");
}

BOOST_AUTO_TEST_CASE(silence_reposts_nothing_of_which_the_file_is_not_there) {
    on_unconfirmed = unconfirmed_action::repost;
    source.slices.front().location.clear();
    BOOST_TEST(on_timeout() == "park");
}

BOOST_AUTO_TEST_CASE(a_post_without_an_answer_that_is_held_is_not_reposted_before_its_time) {
    source.stage = stage::posting{};
    BOOST_TEST(on_timeout() == "park");
    on_unconfirmed = unconfirmed_action::repost;
    BOOST_TEST(on_timeout() == "wait");
    source.posts = options.resend_limit + 1;
    BOOST_TEST(on_timeout() == "park");
}

BOOST_AUTO_TEST_CASE(silence_is_presumed_success_where_only_failures_are_reported) {
    for (auto reports : {report_level::failures, report_level::none}) {
        options.reports = reports;
        auto next = decide_on_timeout(facts(), options, at);
        auto& record = std::get<action::settle>(next).record;
        BOOST_TEST((record.outcome == spool::outcome::presumed));
    }
}

BOOST_AUTO_TEST_CASE(silence_is_no_success_of_what_the_service_may_never_have_been_given) {
    for (auto reports : {report_level::failures, report_level::none}) {
        options.reports = reports;
        source.stage = stage::posting{};
        BOOST_TEST(on_timeout() == "wait");
        // Its file was written again before an answer came.
        source.stage = stage::posted{};
        source.slices.front().location.clear();
        source.ambiguous_posts = 1;
        BOOST_TEST(on_timeout() == "park");
        source.posts = 2;  // The second was answered.
        BOOST_TEST(on_timeout() == "settle");
        source.posts = 1;
        source.ambiguous_posts = 0;
    }
}

BOOST_AUTO_TEST_CASE(a_failure_after_all_posts_decides_when_the_other_copies_stay_silent) {
    source.posts = 2;
    has_failed(failed(data_code));
    auto next = decide_on_timeout(facts(), options, at);
    auto& record = std::get<action::settle>(next).record;
    BOOST_TEST((record.outcome == spool::outcome::failed));
    BOOST_TEST(record.code == data_code);
}

BOOST_AUTO_TEST_CASE(a_failure_of_an_earlier_post_does_not_decide_for_a_later_one) {
    has_failed(failed("General_RetryAttemptsExceeded"));
    source.posts = 2;
    BOOST_TEST(on_timeout() == "park");
}

BOOST_AUTO_TEST_CASE(a_failure_of_the_former_target_sends_to_the_new_one_when_the_rest_is_silent) {
    source.posts = 2;
    has_failed(failed(target_code));
    target = "Logs.New";
    BOOST_TEST(on_timeout() == "send_to_new_target");
}

BOOST_AUTO_TEST_CASE(where_nothing_is_reported_unreadable_notifications_change_nothing) {
    options.reports = report_level::none;
    options.unread_because = "the queues cannot be read";
    BOOST_TEST(on_timeout() == "settle");
    options.reports = report_level::failures;
    BOOST_TEST(on_timeout() == "park");
}

BOOST_AUTO_TEST_SUITE_END()
