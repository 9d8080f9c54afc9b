// Notification queues as they may be elsewhere: fewer rights, equal names, none at all.
#include "core/pipeline/outcomes/polling.hpp"

using namespace kustodrop;
using test::polling;

BOOST_FIXTURE_TEST_SUITE(queue_rights_, polling)

BOOST_AUTO_TEST_CASE(a_queue_that_may_not_be_read_is_taken_from_for_a_moment) {
    success_uris = {"https://q.example/success?sig=s&sp=p"};
    failure_uris = {"https://q.example/failure?sig=s&sp=p"};
    lend_again();
    await(1);
    storage.put_foreign("success", 3);
    storage.put("success", success(1));
    poll();
    BOOST_TEST(state(1) == "succeeded");
    BOOST_TEST(storage.queues["success"].size() == 3u);
    BOOST_TEST(storage.asked("peek_messages") == 0u);
    BOOST_TEST(storage.asked("update_message") == 0u);
    clock.advance(3s);
    BOOST_TEST(storage.visible("success") == 3u);
    BOOST_TEST(!poller().trouble().has_value());
}

BOOST_AUTO_TEST_CASE(what_may_not_be_read_is_searched_behind_others_too) {
    success_uris = {"https://q.example/success?sig=s&sp=p"};
    lend_again();
    await(1);
    storage.put_foreign("success", 40);
    storage.put("success", success(1));
    BOOST_TEST(!poll());
    clock.advance(61s);
    poll();
    BOOST_TEST(state(1) == "succeeded");
    BOOST_TEST(storage.queues["success"].size() == 40u);
    BOOST_TEST(storage.asked("update_message") == 0u);
}

BOOST_AUTO_TEST_CASE(without_the_right_to_update_no_lease_is_given_back) {
    success_uris = {"https://q.example/success?sig=s&sp=rp"};
    lend_again();
    await(1);
    storage.put_foreign("success", 200);
    storage.put("success", success(1));
    clock.advance(61s);
    // A search that takes its time has leases that do not lapse at once.
    network.always = [this, answer = network.always](const http::request& asked) {
        clock.advance(100ms);
        return answer(asked);
    };
    poll();
    BOOST_TEST(state(1) == "succeeded");
    BOOST_TEST(storage.asked("update_message") == 0u);
    BOOST_TEST(storage.asked("get_messages") > 6u);
}

BOOST_AUTO_TEST_CASE(a_right_that_only_the_refusal_shows_is_not_asked_for_twice) {
    storage.refused["peek_messages"] = 403;
    storage.refused["update_message"] = 403;
    storage.refused_code = "AuthorizationPermissionMismatch";
    await(1);
    storage.put("success", success(1));
    poll();
    BOOST_TEST(state(1) == "succeeded");
    BOOST_TEST(!poller().trouble().has_value());
    auto peeks = storage.asked("peek_messages");
    await(2);
    clock.advance(10s);
    poll();
    BOOST_TEST(storage.asked("peek_messages") == peeks);
}

BOOST_AUTO_TEST_CASE(without_the_right_to_take_what_is_seen_counts_and_it_is_trouble) {
    success_uris = {"https://q.example/success?sig=s&sp=r"};
    lend_again();
    await(1);
    storage.put("success", success(1));
    poll();
    BOOST_TEST(state(1) == "succeeded");
    BOOST_TEST(storage.asked("get_messages") == 0u);
    BOOST_REQUIRE(poller().trouble().has_value());
    BOOST_TEST(poller().trouble()->code == errc::not_allowed);
    BOOST_TEST(poller().trouble()->detail.find("sp=r") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(queues_of_equal_names_in_two_accounts_are_two_queues) {
    success_uris = {"https://q.example/success?sig=s", "https://z.example/success?sig=s"};
    lend_again();
    await(1);
    await(2);
    storage.put_foreign("success", 20);
    storage.put("z.example/success", success(2));
    auto deadline = clock.now();
    for (int i = 0; i < 4; ++i) {
        clock.advance(10s);
        poll();
    }
    BOOST_TEST(state(2) == "succeeded");
    // Neither hides the other's messages: two looks are clear ones.
    BOOST_TEST(!poller().trouble().has_value());
    BOOST_TEST(poller().is_over(deadline));
    storage.put("success", success(1));
    poll();
    BOOST_TEST(state(1) == "succeeded");
}

BOOST_AUTO_TEST_CASE(one_blocked_queue_of_two_is_reported_once) {
    success_uris = {"https://z.example/success?sig=s", "https://q.example/success?sig=s"};
    lend_again();
    await(1);
    storage.put_foreign("success", 100);
    for (int i = 0; i < 15; ++i) {
        clock.advance(10s);
        poll();
    }
    auto said = std::ranges::count_if(lines, [](auto& line) {
        return line.find("notifications blocked") != std::string::npos;
    });
    BOOST_TEST(said == 1);
    BOOST_TEST(poller().trouble()->code == errc::notifications_blocked);
    // A queue that is no longer listed blocks nothing.
    success_uris = {"https://z.example/success?sig=s"};
    lend_again();
    poll();
    BOOST_TEST(!poller().trouble().has_value());
}

BOOST_AUTO_TEST_CASE(a_kind_of_queue_that_is_not_listed_is_trouble_before_anything_is_posted) {
    success_uris.clear();
    lend_again();
    BOOST_REQUIRE(poller().trouble().has_value());
    BOOST_TEST(poller().trouble()->code == errc::no_resources);
    await(1);
    storage.put("failure", failure_of(1, "Stream_WrongNumberOfFields"));
    poll();
    BOOST_TEST(state(1) == "failed");
    BOOST_TEST(poller().trouble().has_value());
    options.reports = pipeline::report_level::failures;
    poller().set_options(options);
    poll();
    BOOST_TEST(!poller().trouble().has_value());
}

BOOST_AUTO_TEST_SUITE_END()
