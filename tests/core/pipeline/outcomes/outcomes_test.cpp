#include "pipeline/outcomes/outcomes.hpp"

#include "core/pipeline/outcomes/awaiting_all.hpp"

using namespace kustodrop;

namespace {

using test::whole;

struct in_table : whole {
    in_table() {
        options.method = pipeline::report_method::table;
        begin();
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(outcomes_, whole)

BOOST_AUTO_TEST_CASE(asks_for_nothing_while_nothing_is_outstanding) {
    begin();
    pass_in_steps(1min);
    BOOST_TEST(network.sent.empty());
}

BOOST_AUTO_TEST_CASE(a_post_is_polled_for_until_its_notification_comes) {
    begin();
    await(1);
    settle();
    BOOST_TEST(made->outstanding() == 1u);
    storage.put("success", success(1));
    pass(10s);
    BOOST_TEST(state(1) == "succeeded");
    BOOST_TEST(made->outstanding() == 0u);
}

BOOST_AUTO_TEST_CASE(a_source_without_a_notification_is_unconfirmed_after_the_timeout) {
    options.outcome_timeout = 5min;
    begin();
    await(1);
    pass_in_steps(4min);
    BOOST_TEST(state(1) == "posted");
    pass_in_steps(3min);
    BOOST_TEST(state(1) == "unconfirmed");
    storage.put("success", success(1));
    pass_in_steps(2min);
    BOOST_TEST(state(1) == "succeeded");
}

BOOST_AUTO_TEST_CASE(a_resumed_source_has_waited_before) {
    options.outcome_timeout = 5min;
    begin();
    auto& what = posted(1);
    what.last_post_at -= 4min;
    made->expect(what);
    pass_in_steps(3min);
    BOOST_TEST(state(1) == "unconfirmed");
}

BOOST_AUTO_TEST_CASE(a_clock_that_was_set_back_makes_no_wait_longer) {
    options.outcome_timeout = 5min;
    begin();
    auto& what = posted(1);
    what.last_post_at += 24h;
    made->expect(what);
    pass_in_steps(8min);
    BOOST_TEST(state(1) == "unconfirmed");
}

BOOST_AUTO_TEST_CASE(without_reports_a_source_is_presumed_at_once) {
    options.reports = pipeline::report_level::none;
    begin();
    await(1);
    settle();
    BOOST_TEST(state(1) == "presumed");
    BOOST_TEST(network.sent.empty());
}

BOOST_AUTO_TEST_CASE(what_was_to_be_reported_in_the_table_is_read_there_until_none_is_left) {
    begin();
    auto& what = posted(1);
    what.reported = {false, true};
    made->expect(what);
    await(2);
    storage.rows[id_of(1) + "/1"] = row(1, "Succeeded");
    pass(10s);
    BOOST_TEST(state(1) == "succeeded");
    BOOST_TEST(state(2) == "posted");
    auto reads = storage.asked("get_entity");
    pass_in_steps(1min);
    BOOST_TEST(storage.asked("get_entity") == reads);
}

BOOST_AUTO_TEST_CASE(what_was_to_be_reported_in_a_queue_is_found_there_until_none_is_left) {
    options.method = pipeline::report_method::table;
    begin();
    auto& what = posted(1);
    what.reported = {true, false};
    made->expect(what);
    await(2);
    storage.put("success", success(1));
    pass(10s);
    BOOST_TEST(state(1) == "succeeded");
    BOOST_TEST(storage.queues["success"].empty());
    auto peeks = storage.asked("peek_messages");
    pass_in_steps(1min);
    BOOST_TEST(storage.asked("peek_messages") == peeks);
    BOOST_TEST(state(2) == "posted");
}

BOOST_AUTO_TEST_CASE(a_source_that_may_be_reported_in_both_places_waits_for_both) {
    options.outcome_timeout = 5min;
    begin();
    auto& what = posted(1);
    what.reported = {true, true};
    storage.refused["get_entity"] = 503;
    made->expect(what);
    pass_in_steps(7min);
    BOOST_TEST(state(1) == "posted");
    pass_in_steps(4min);
    BOOST_TEST(state(1) == "unconfirmed");
}

BOOST_AUTO_TEST_CASE(the_outcome_of_a_source_whose_folder_is_absent_is_read_from_a_queue) {
    begin();
    auto what = posted(1);
    sources->retire(*sources->find(id_of(1)), {});
    what.stage = spool::stage::posted{{"a", "c", "b", 10, 5}, clock.wall_now()};
    absent->add(what);
    made->expect(what);
    storage.put("success", success(1));
    pass(10s);
    BOOST_TEST(spool::name_of(absent->find(id_of(1))->stage) == "settled");
    BOOST_TEST(storage.queues["success"].empty());
    BOOST_TEST(made->outstanding() == 0u);
}

BOOST_AUTO_TEST_CASE(the_outcome_of_a_source_whose_folder_is_absent_is_read_from_the_table) {
    options.method = pipeline::report_method::table;
    begin();
    auto what = posted(1);
    sources->retire(*sources->find(id_of(1)), {});
    what.stage = spool::stage::posted{{"a", "c", "b", 10, 5}, clock.wall_now()};
    absent->add(what);
    made->expect(what);
    storage.rows[id_of(1) + "/1"] = row(1, "Succeeded");
    pass(10s);
    BOOST_TEST(spool::name_of(absent->find(id_of(1))->stage) == "settled");
}

BOOST_AUTO_TEST_CASE(a_queue_that_cannot_be_read_is_reported_as_trouble) {
    begin();
    storage.refused["peek_messages"] = 503;
    await(1);
    settle();
    BOOST_TEST(made->trouble().has_value());
    storage.refused.clear();
    pass(10s);
    BOOST_TEST(!made->trouble().has_value());
}

BOOST_AUTO_TEST_CASE(queues_that_cannot_be_read_are_said_once_and_what_waits_says_why) {
    success_uris.clear();
    failure_uris.clear();
    lend_again();
    options.outcome_timeout = 10min;
    begin();
    await(1);
    pass_in_steps(25min);
    auto said = std::ranges::count_if(lines, [](auto& line) {
        return line.find("notifications cannot be read") != std::string::npos &&
               line.find("unconfirmed") == std::string::npos;
    });
    BOOST_TEST(said == 1);
    BOOST_TEST(state(1) == "unconfirmed");
    auto* what = sources->find(id_of(1));
    auto* record = what ? spool::outcome_of(what->stage) : nullptr;
    BOOST_REQUIRE(record != nullptr);
    BOOST_TEST(record->details.find("lists no queue") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(nothing_is_presumed_to_have_arrived_while_failures_cannot_be_read) {
    options.reports = pipeline::report_level::failures;
    options.outcome_timeout = 10min;
    storage.refused["peek_messages"] = 503;
    begin();
    await(1);
    pass_in_steps(25min);
    BOOST_TEST(state(1) == "unconfirmed");
}

BOOST_AUTO_TEST_CASE(one_whose_post_is_to_be_repeated_is_to_be_sent) {
    begin();
    await(1);
    auto& what = posted(2);
    what.ambiguous_posts = 1;
    sources->advance(what, spool::unposted(what.stage));
    made->expect(what);
    BOOST_TEST(made->outstanding() == 1u);
    storage.put("success", success(2));  // It is read all the same.
    pass(10s);
    BOOST_TEST(state(2) == "succeeded");
    BOOST_TEST(made->outstanding() == 1u);
}

BOOST_AUTO_TEST_CASE(queues_that_nothing_is_awaited_from_are_no_trouble) {
    options.outcome_timeout = 5min;
    begin();
    await(1);
    network.always = [](auto&) -> result<http::response> {
        return failure{errc::timeout, remedy::retry, "no answer"};
    };
    pass_in_steps(2min);
    BOOST_TEST(made->trouble().has_value());
    kusto::notification answered;
    answered.source_id = id_of(1);
    answered.success = true;
    made->apply(answered);
    BOOST_TEST(made->outstanding() == 0u);
    BOOST_TEST(!made->trouble().has_value());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(table_poller_, in_table)

BOOST_AUTO_TEST_CASE(a_row_says_what_became_of_a_post) {
    await(1);
    await(2);
    storage.rows[id_of(1) + "/1"] = row(1, "Succeeded");
    storage.rows[id_of(2) + "/1"] = row(2, "Failed");
    pass(10s);
    BOOST_TEST(state(1) == "succeeded");
    BOOST_TEST(state(2) == "failed");
    BOOST_TEST(storage.asked("peek_messages") == 0u);
}

BOOST_AUTO_TEST_CASE(a_row_that_says_skipped_is_a_success_only_where_messages_are_deduplicated) {
    await(1);
    storage.rows[id_of(1) + "/1"] = row(1, "Skipped");
    pass(10s);
    BOOST_TEST(state(1) == "failed");
    web().options.target.deduplicate = true;
    await(2);
    storage.rows[id_of(2) + "/1"] = row(2, "Skipped");
    pass(10s);
    BOOST_TEST(state(2) == "succeeded");
}

BOOST_AUTO_TEST_CASE(a_pending_row_is_read_again) {
    await(1);
    storage.rows[id_of(1) + "/1"] = row(1, "Pending");
    pass(10s);
    BOOST_TEST(state(1) == "posted");
    storage.rows[id_of(1) + "/1"] = row(1, "Succeeded");
    pass(10s);
    BOOST_TEST(state(1) == "succeeded");
}

BOOST_AUTO_TEST_CASE(the_success_of_one_post_wins_over_the_failure_of_another) {
    auto& what = posted(1);
    what.posts = 2;
    made->expect(what);
    storage.rows[id_of(1) + "/1"] = row(1, "Failed");
    storage.rows[id_of(1) + "/2"] = row(1, "Succeeded");
    pass(10s);
    BOOST_TEST(state(1) == "succeeded");
}

BOOST_AUTO_TEST_CASE(an_old_source_is_read_less_often_than_a_young_one) {
    await(1);
    pass_in_steps(1min);
    auto early = storage.asked("get_entity");
    pass_in_steps(10min);
    auto before = storage.asked("get_entity");
    pass_in_steps(1min);
    BOOST_TEST(early > 2u);
    BOOST_TEST(storage.asked("get_entity") - before <= 2u);
}

BOOST_AUTO_TEST_CASE(a_table_that_cannot_be_read_is_trouble) {
    storage.refused["get_entity"] = 503;
    await(1);
    settle();
    BOOST_TEST(made->trouble().has_value());
    BOOST_TEST(state(1) == "posted");
}

BOOST_AUTO_TEST_CASE(a_success_counts_although_another_table_cannot_be_read) {
    table_uris = {"https://t.example/status?sig=s", "https://bad.example/status?sig=s"};
    lend_again();
    auto answer = network.always;
    network.always = [answer](const http::request& asked) -> result<http::response> {
        if (asked.target.host() == "bad.example") return http::response{503, {}, {}};
        return answer(asked);
    };
    await(1);
    await(2);
    storage.rows[id_of(1) + "/1"] = row(1, "Succeeded");
    storage.rows[id_of(2) + "/1"] = row(2, "Failed");
    settle();
    BOOST_TEST(state(1) == "succeeded");
    BOOST_TEST(state(2) == "posted");
    BOOST_TEST(made->trouble().has_value());
}

BOOST_AUTO_TEST_CASE(an_unconfirmed_source_is_still_read_now_and_then) {
    await(1);
    pass_in_steps(options.outcome_timeout + 10min, 1min);
    BOOST_TEST(state(1) == "unconfirmed");
    storage.rows[id_of(1) + "/1"] = row(1, "Succeeded");
    pass_in_steps(11min, 1min);
    BOOST_TEST(state(1) == "succeeded");
}

BOOST_AUTO_TEST_SUITE_END()
