#include "core/pipeline/outcomes/polling.hpp"

using namespace kustodrop;
using test::polling;

BOOST_FIXTURE_TEST_SUITE(queue_poller_, polling)

BOOST_AUTO_TEST_CASE(a_success_is_taken_settled_and_deleted) {
    await(1);
    storage.put("success", success(1));
    poll();
    BOOST_TEST(state(1) == "succeeded");
    BOOST_TEST(storage.queues["success"].empty());
    BOOST_TEST(counted("us") == 1);
}

BOOST_AUTO_TEST_CASE(a_failure_is_found_in_the_failure_queue) {
    await(1);
    storage.put("failure", failure_of(1, "Stream_WrongNumberOfFields"));
    poll();
    BOOST_TEST(state(1) == "failed");
    BOOST_TEST(storage.queues["failure"].empty());
}

BOOST_AUTO_TEST_CASE(an_empty_queue_is_only_peeked_at) {
    await(1);
    BOOST_TEST(!poll());
    BOOST_TEST(storage.asked("peek_messages") == 2u);
    BOOST_TEST(storage.asked("get_messages") == 0u);
}

BOOST_AUTO_TEST_CASE(notifications_of_others_are_not_taken) {
    await(1);
    storage.put_foreign("success", 3);
    BOOST_TEST(!poll());
    BOOST_TEST(storage.visible("success") == 3u);
    BOOST_TEST(storage.asked("get_messages") == 0u);
}

BOOST_AUTO_TEST_CASE(what_reports_a_source_whose_watch_is_not_open_stays_in_the_queue) {
    for (bool discard : {false, true}) {
        options.discard_foreign = discard;
        spool::source absent;
        absent.id = id_of(2);
        absent.watch = "absent";
        absent.posts = 1;
        absent.stage = spool::stage::posted{{"a", "c", "b", 10, 5}, clock.wall_now()};
        journal->record(absent);
        settle();
        await(1);
        storage.put("failure", failure_of(2, "Stream_WrongNumberOfFields"));
        storage.put("failure", failure_of(1, "Stream_WrongNumberOfFields"));
        poll();
        BOOST_TEST(state(1) == "failed");
        clock.advance(1min);
        settle();
        BOOST_TEST(storage.visible("failure") == 1u);
        // Its watch opens: now it is taken.
        sources->resume(absent);
        poll();
        BOOST_TEST(state(2) == "failed");
        BOOST_TEST(storage.queues["failure"].empty());
        sources->retire(*sources->find(id_of(1)), {});
        sources->retire(*sources->find(id_of(2)), {});
    }
}

BOOST_AUTO_TEST_CASE(what_is_taken_beside_ours_comes_back_by_itself) {
    await(1);
    storage.put_foreign("success", 3);
    storage.put("success", success(1));
    poll();
    BOOST_TEST(state(1) == "succeeded");
    BOOST_TEST(storage.queues["success"].size() == 3u);
    clock.advance(3s);
    BOOST_TEST(storage.visible("success") == 3u);
    BOOST_TEST(storage.asked("update_message") == 0u);
}

BOOST_AUTO_TEST_CASE(the_success_queue_is_not_read_where_only_failures_are_reported) {
    options.reports = pipeline::report_level::failures;
    await(1);
    storage.put("success", success(1));
    BOOST_TEST(!poll());
    BOOST_TEST(state(1) == "posted");
}

BOOST_AUTO_TEST_CASE(what_stands_behind_those_of_others_is_searched_for_when_it_is_overdue) {
    await(1);
    storage.put_foreign("success", 40);
    storage.put("success", success(1));
    BOOST_TEST(!poll());
    BOOST_TEST(storage.asked("get_messages") == 0u);
    clock.advance(61s);
    poll();
    BOOST_TEST(state(1) == "succeeded");
    BOOST_TEST(storage.queues["success"].size() == 40u);
    BOOST_TEST(logged("notifications blocked"));
    BOOST_TEST(poller().trouble()->code == errc::notifications_blocked);
}

BOOST_AUTO_TEST_CASE(messages_of_others_are_deleted_where_the_queues_are_ours_alone) {
    options.discard_foreign = true;
    await(1);
    storage.put_foreign("success", 3);
    poll();
    BOOST_TEST(storage.queues["success"].empty());
}

BOOST_AUTO_TEST_CASE(a_notification_of_a_retired_source_is_deleted) {
    auto& what = posted(1);
    sources->retire(what, {spool::outcome::succeeded, "", "", "", clock.wall_now()});
    settle();
    storage.put("success", success(1));
    poll();
    BOOST_TEST(storage.queues["success"].empty());
    BOOST_TEST(settled.empty());
}

BOOST_AUTO_TEST_CASE(a_message_that_cannot_be_deleted_is_ignored_when_it_comes_again) {
    await(1);
    storage.put("success", success(1));
    storage.refused["delete_message"] = 500;
    poll();
    BOOST_TEST(state(1) == "succeeded");
    BOOST_TEST(logged("notification not deleted"));
    storage.refused.clear();
    clock.advance(3s);
    poll();
    BOOST_TEST(storage.queues["success"].empty());
    BOOST_TEST(settled.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_queue_that_cannot_be_read_is_trouble_and_ends_no_wait) {
    await(1);
    storage.refused["peek_messages"] = 503;
    BOOST_TEST(!poll());
    BOOST_REQUIRE(poller().trouble().has_value());
    auto deadline = clock.now();
    clock.advance(options.outcome_timeout - 1s);
    BOOST_TEST(!poller().is_over(deadline));
    clock.advance(1s);
    BOOST_TEST(poller().is_over(deadline));
}

BOOST_AUTO_TEST_CASE(two_clear_looks_apart_end_the_wait) {
    await(1);
    auto deadline = clock.now();
    poll();
    BOOST_TEST(!poller().is_over(deadline));
    clock.advance(30s);
    poll();
    BOOST_TEST(poller().is_over(deadline));
}

BOOST_AUTO_TEST_CASE(many_of_ours_are_taken_in_one_pass) {
    for (int i = 1; i <= 70; ++i) {
        await(i);
        storage.put("success", success(i));
    }
    poll();
    BOOST_TEST(storage.queues["success"].empty());
    BOOST_TEST(settled.size() == 70u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(cleaner_, test::awaiting)

BOOST_AUTO_TEST_CASE(several_workers_share_what_is_to_be_deleted_and_given_back) {
    pipeline::queue_patience patience;
    pipeline::cleaner cleaning(io.get_executor(), {queues, patience, clock, log});
    for (int i = 0; i < 2; ++i) tasks.push_back(start(cleaning.run()));
    auto queue = place("https://q.example/success?sig=s");
    storage.put_foreign("success", 4);
    auto taken = start(queues.get(queue.location, 4, 60s));
    auto messages = taken->value.value().value();
    std::vector<azure::queue_message> first(messages.begin(), messages.begin() + 2);
    std::vector<azure::queue_message> rest(messages.begin() + 2, messages.end());
    start(cleaning.remove(queue, first));
    start(cleaning.give_back(queue, rest));
    auto finished = start(cleaning.finish());
    BOOST_TEST(finished->done());
    BOOST_TEST(storage.queues["success"].size() == 2u);
    BOOST_TEST(storage.visible("success") == 2u);
    stop();
}

BOOST_AUTO_TEST_CASE(finish_waits_for_a_worker) {
    pipeline::queue_patience patience;
    pipeline::cleaner cleaning(io.get_executor(), {queues, patience, clock, log});
    auto queue = place("https://q.example/success?sig=s");
    storage.put_foreign("success", 1);
    auto taken = start(queues.get(queue.location, 1, 60s));
    start(cleaning.remove(queue, taken->value.value().value()));
    auto finished = start(cleaning.finish());
    BOOST_TEST(!finished->done());
    tasks.push_back(start(cleaning.run()));
    BOOST_TEST(finished->done());
    stop();
}

BOOST_AUTO_TEST_SUITE_END()
