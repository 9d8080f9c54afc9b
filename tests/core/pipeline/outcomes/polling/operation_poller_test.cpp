#include "core/pipeline/outcomes/polling/asking.hpp"

using namespace kustodrop;
using namespace kustodrop::pipeline;
using namespace std::chrono_literals;
using test::asking;
using test::pending;

BOOST_FIXTURE_TEST_SUITE(operation_poller_, asking)

BOOST_AUTO_TEST_CASE(one_question_is_for_all_sources_of_an_operation) {
    posted_in(1, "1;2;3");
    posted_in(2, "1;2;3");
    BOOST_TEST(!poll());
    BOOST_TEST(rest.sent.empty());  // Not before the first pause has passed.
    pass(5s);
    rest.answer(200, pending);
    BOOST_TEST(!poll());
    BOOST_TEST(rest.sent.size() == 1u);
    BOOST_TEST(rest.last().target.path() == "/v1/rest/ingestion/queued/Logs/Web/1%3B2%3B3");
    BOOST_TEST(!poll());
    BOOST_TEST(rest.sent.size() == 1u);
    pass(10s);
    auto both = details(
        R"("Succeeded":1,"Failed":1)",
        blob(1, R"("status":"Succeeded")") + "," +
            blob(
                2,
                R"("status":"Failed","errorCode":"Stream_WrongNumberOfFields",)"
                R"("failureStatus":"Permanent")"
            )
    );
    rest.answer(200, both);
    rest.answer(200, both);
    BOOST_TEST(poll());
    BOOST_TEST(state(1) == "succeeded");
    BOOST_TEST(state(2) == "failed");
    BOOST_TEST(expected.empty());
    BOOST_TEST(!poller->next().has_value());
    BOOST_TEST(sources->find(id_of(2))->last_failure->operation_id == "1;2;3");
}

BOOST_AUTO_TEST_CASE(an_operation_is_asked_again_for_what_has_not_ended) {
    posted_in(1, "op");
    posted_in(2, "op");
    pass(5s);
    auto first = details(
        R"("Succeeded":1,"InProgress":1)",
        blob(1, R"("status":"Succeeded")") + "," + blob(2, R"("status":"InProgress")")
    );
    rest.answer(200, first);
    rest.answer(200, first);
    BOOST_TEST(poll());
    BOOST_TEST(state(1) == "succeeded");
    BOOST_TEST(state(2) == "posted");
    pass(10s);
    rest.answer(200, first);  // The same counters: no details are asked for.
    BOOST_TEST(!poll());
    BOOST_TEST(rest.sent.size() == 3u);
    pass(20s);
    auto then = details(R"("Succeeded":2)", blob(2, R"("status":"Succeeded")"));
    rest.answer(200, then);
    rest.answer(200, then);
    BOOST_TEST(poll());
    BOOST_TEST(state(2) == "succeeded");
}

BOOST_AUTO_TEST_CASE(details_that_lag_behind_the_counters_are_asked_for_again) {
    posted_in(1, "op");
    auto& late = posted_in(2, "op");
    pass(5s);
    auto counters = R"("Succeeded":2)";
    auto partial = details(counters, blob(1, R"("status":"Succeeded")"));
    rest.answer(200, partial);
    rest.answer(200, partial);
    BOOST_TEST(poll());
    BOOST_TEST(state(2) == "posted");
    auto why = poller->trouble_of(late);
    BOOST_REQUIRE(why.has_value());
    BOOST_TEST(why->detail.find("does not say that this one") != std::string::npos);
    for (int i = 0; i < 2; ++i) {
        pass(1min);
        rest.answer(200, partial);
        rest.answer(200, partial);
        BOOST_TEST(!poll());
    }
    pass(1min);
    auto whole = details(counters, blob(2, R"("status":"Succeeded")"));
    rest.answer(200, whole);
    rest.answer(200, whole);
    BOOST_TEST(poll());
    BOOST_TEST(state(2) == "succeeded");
}

BOOST_AUTO_TEST_CASE(an_unknown_operation_is_no_outcome_and_no_trouble) {
    auto& what = posted_in(1, "op");
    pass(5s);
    rest.answer(404);
    BOOST_TEST(!poll());
    BOOST_TEST(!poller->troubles().summary());
    BOOST_TEST(state(1) == "posted");
    auto deadline = clock.now() + 1min;
    BOOST_TEST(!poller->is_over(what.id, deadline));
    pass(2min);
    rest.answer(404);
    poll();
    BOOST_TEST(poller->is_over(what.id, deadline));
}

BOOST_AUTO_TEST_CASE(a_refused_id_holds_up_no_other_operation) {
    // How the service refuses an id that has expired is not documented.
    posted_in(1, "a");
    posted_in(2, "b");
    posted_in(3, "c");
    posted_in(4, "other");
    pass(5s);
    for (unsigned status : {400u, 404u, 410u}) {
        rest.answer(status, R"({"error":{"code":"BadRequest","@permanent":true}})");
    }
    rest.answer(200, details(R"("Succeeded":1)", ""));
    rest.answer(200, details(R"("Succeeded":1)", blob(4, R"("status":"Succeeded")")));
    BOOST_TEST(poll());
    BOOST_TEST(!poller->troubles().summary());
    BOOST_TEST(state(1) == "posted");
    BOOST_TEST(state(4) == "succeeded");
}

BOOST_AUTO_TEST_CASE(after_trouble_nothing_is_asked_for_a_while) {
    posted_in(1, "one");
    posted_in(2, "two");
    pass(5s);
    rest.answer(429, {}, {{"Retry-After", "30"}});
    BOOST_TEST(!poll());
    BOOST_TEST(poller->troubles().summary().has_value());
    BOOST_TEST((*poller->next() == clock.now() + 30s));
    pass(10s);
    BOOST_TEST(!poll());
    BOOST_TEST(rest.sent.size() == 1u);
    BOOST_TEST(poller->troubles().summary().has_value());
    pass(20s);
    rest.answer(200, pending);
    rest.answer(200, pending);
    poll();
    BOOST_TEST(rest.sent.size() == 3u);
    BOOST_TEST(!poller->troubles().summary());
}

BOOST_AUTO_TEST_CASE(a_lost_answer_leaves_nothing_to_ask_for) {
    auto& what = posted_in(1, "");
    BOOST_TEST(!poller->next().has_value());
    BOOST_TEST(poller->is_over(what.id, clock.now()));
}

BOOST_AUTO_TEST_CASE(a_failure_that_is_read_twice_counts_once) {
    auto& what = posted_in(1, "op");
    what.posts = 2;
    auto failed = details(
        R"("Failed":1)",
        blob(
            1,
            R"("status":"Failed","errorCode":"Stream_WrongNumberOfFields",)"
            R"("failureStatus":"Permanent","lastUpdated":"2026-01-01T00:00:00Z")"
        )
    );
    pass(5s);
    rest.answer(200, failed);
    rest.answer(200, failed);
    poll();
    BOOST_TEST(what.failure_keys.size() == 1u);
    poller->expect(what);  // As after a restart.
    pass(1min);
    rest.answer(200, failed);
    rest.answer(200, failed);
    poll();
    BOOST_TEST(what.failure_keys.size() == 1u);
    BOOST_TEST(state(1) == "posted");
}

BOOST_AUTO_TEST_SUITE_END()
