#include "core/pipeline/shipping/posting/posting_by_rest.hpp"

using namespace kustodrop;
using namespace std::chrono_literals;
using test::accepted;

BOOST_FIXTURE_TEST_SUITE(rest_poster_, test::posting_by_rest)

BOOST_AUTO_TEST_CASE(what_comes_together_shares_a_request) {
    keep_one_in_hand();
    for (int i = 1; i <= 3; ++i) claim(i);
    begin(3);
    pass(100ms);
    BOOST_TEST(bodies.size() == 1u);
    BOOST_TEST(blobs_in(0) == 3u);
    BOOST_TEST(asked("put_message") == 0u);
    for (int i = 1; i <= 3; ++i) {
        BOOST_TEST(state_of(i) == "posted");
        auto& what = *sources->find(id_of(i));
        BOOST_TEST(what.reported.in_operation);
        BOOST_TEST(!what.reported.in_queue);
        BOOST_REQUIRE(what.rest_posts.size() == 1u);
        BOOST_TEST(what.rest_posts[0].operation == "1;2;3");
        BOOST_TEST(what.target == "Logs.Web");
    }
    BOOST_TEST(next.handed.size() == 3u);
}

BOOST_AUTO_TEST_CASE(no_shipper_waits_for_the_request_of_its_source) {
    run_requests();
    keep_one_in_hand();
    for (int i = 1; i <= 3; ++i) claim(i);
    begin(1);
    pass(100ms);
    BOOST_REQUIRE(bodies.size() == 1u);
    BOOST_TEST(blobs_in(0) == 3u);
    for (int i = 1; i <= 3; ++i) BOOST_TEST(state_of(i) == "posted");
    BOOST_TEST(ready.served() == 1u);
}

BOOST_AUTO_TEST_CASE(what_a_request_that_runs_by_itself_was_refused_is_tried_again) {
    run_requests();
    said = http::response{429, {{"Retry-After", "20"}}, {}};
    for (int i = 1; i <= 2; ++i) claim(i);
    begin(2);
    pass(100ms);
    BOOST_TEST(bodies.size() == 1u);
    said = http::response{200, {}, accepted};
    pass_seconds(18);
    BOOST_TEST(bodies.size() == 1u);
    pass_seconds(60);
    for (int i = 1; i <= 2; ++i) {
        BOOST_TEST(state_of(i) == "posted");
        BOOST_TEST(sources->find(id_of(i))->posts == 1u);
    }
    BOOST_TEST(ready.served() == 0u);
}

BOOST_AUTO_TEST_CASE(what_a_request_that_runs_by_itself_was_not_answered_is_ambiguous) {
    run_requests();
    said = failure{.code = errc::timeout, .next = remedy::retry, .maybe_acted = true};
    for (int i = 1; i <= 2; ++i) claim(i);
    begin(2);
    pass(100ms);
    said = http::response{200, {}, accepted};
    for (int i = 1; i <= 2; ++i) {
        BOOST_TEST(state_of(i) == "posting");
        BOOST_TEST(sources->find(id_of(i))->ambiguous_posts == 1u);
    }
    pass_seconds(70);
    for (int i = 1; i <= 2; ++i) BOOST_TEST(sources->find(id_of(i))->posts == 2u);
}

BOOST_AUTO_TEST_CASE(one_alone_does_not_wait) {
    claim(1);
    begin(3);
    settle();
    BOOST_TEST(state_of(1) == "posted");
}

BOOST_AUTO_TEST_CASE(what_is_deduplicated_goes_alone) {
    web().options.target.deduplicate = true;
    for (int i = 1; i <= 2; ++i) claim(i);
    begin(2);
    pass(100ms);
    BOOST_TEST(bodies.size() == 2u);
    BOOST_TEST(blobs_in(0) == 1u);
    BOOST_TEST(blobs_in(1) == 1u);
}

BOOST_AUTO_TEST_CASE(a_lost_answer_is_ambiguous_for_every_source) {
    keep_one_in_hand();
    failure lost;
    lost.maybe_acted = true;
    said = lost;
    for (int i = 1; i <= 2; ++i) claim(i);
    begin(2);
    pass(100ms);
    BOOST_TEST(bodies.size() == 1u);
    for (int i = 1; i <= 2; ++i) {
        auto& what = *sources->find(id_of(i));
        BOOST_TEST(state_of(i) == "posting");
        BOOST_TEST(what.ambiguous_posts == 1u);
        BOOST_TEST(what.posts == 1u);
        BOOST_REQUIRE(what.rest_posts.size() == 1u);
        BOOST_TEST(what.rest_posts[0].operation.empty());
    }
    BOOST_TEST(next.handed.size() == 2u);
}

BOOST_AUTO_TEST_CASE(after_a_lost_answer_it_is_posted_again_when_repost_after_has_passed) {
    said = failure{.maybe_acted = true};
    claim(1);
    begin(1);
    pass(100ms);
    said = http::response{200, {}, accepted};
    pass(how.repost_after - 2s);
    BOOST_TEST(bodies.size() == 1u);
    BOOST_TEST(state_of(1) == "posting");
    pass_seconds(64);
    BOOST_TEST(bodies.size() == 2u);
    auto& what = *sources->find(id_of(1));
    BOOST_TEST(state_of(1) == "posted");
    BOOST_TEST(what.posts == 2u);
    BOOST_TEST(what.ambiguous_posts == 1u);
    BOOST_REQUIRE(what.rest_posts.size() == 2u);
    BOOST_TEST(what.rest_posts[0].operation.empty());
    BOOST_TEST(what.rest_posts[1].operation == "1;2;3");
}

BOOST_AUTO_TEST_CASE(a_deduplicated_one_waits_for_twice_the_batching_time) {
    web().options.target.deduplicate = true;
    web().options.target.batching_time = 1min;
    said = failure{.maybe_acted = true};
    claim(1);
    begin(1);
    pass(100ms);
    said = http::response{200, {}, accepted};
    pass_seconds(119);
    BOOST_TEST(bodies.size() == 1u);
    pass_seconds(64);
    BOOST_TEST(bodies.size() == 2u);
    BOOST_TEST(bodies[1].find("ingestIfNotExists") != std::string::npos);
    BOOST_TEST(state_of(1) == "posted");
}

BOOST_AUTO_TEST_CASE(while_the_service_wants_a_pause_no_other_request_is_sent) {
    said = http::response{429, {{"Retry-After", "20"}}, {}};
    claim(1);
    begin(1);
    pass(100ms);
    BOOST_TEST(bodies.size() == 1u);
    said = http::response{200, {}, accepted};
    claim(2);
    pass_seconds(18);
    BOOST_TEST(bodies.size() == 1u);
    BOOST_TEST(state_of(2) == "uploaded");
    pass_seconds(60);
    BOOST_TEST(state_of(1) == "posted");
    BOOST_TEST(state_of(2) == "posted");
    BOOST_TEST(sources->find(id_of(2))->posts == 1u);
}

BOOST_AUTO_TEST_CASE(a_refused_request_was_never_posted) {
    for (unsigned status : {429u, 503u}) {
        said = http::response{status, {}, {}};
        auto number = static_cast<int>(status);
        claim(number);
        begin(1);
        pass(100ms);
        auto& what = *sources->find(id_of(number));
        BOOST_TEST(state_of(number) == "uploaded");
        BOOST_TEST(what.posts == 0u);
        BOOST_TEST(what.ambiguous_posts == 0u);
        BOOST_TEST(what.rest_posts.empty());
    }
}

BOOST_AUTO_TEST_CASE(after_a_refusal_of_a_group_each_goes_alone) {
    keep_one_in_hand();
    said = http::response{400, {}, {}};
    for (int i = 1; i <= 2; ++i) claim(i);
    begin(2);
    pass(100ms);
    BOOST_TEST(blobs_in(0) == 2u);
    said = http::response{200, {}, accepted};
    pass_seconds(20);
    BOOST_REQUIRE(bodies.size() == 3u);
    BOOST_TEST(blobs_in(1) == 1u);
    BOOST_TEST(blobs_in(2) == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
