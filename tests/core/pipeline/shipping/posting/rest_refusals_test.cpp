#include "core/pipeline/shipping/posting/posting_by_rest.hpp"

using namespace kustodrop;
using namespace std::chrono_literals;
using test::accepted;

namespace {

struct refused_posts : test::posting_by_rest {
    /// One source waits for minutes after refusals, while those for another table get through;
    /// then one more finds out that there is a way.
    void waits_and_is_posted_after(unsigned status, std::string_view line) {
        add_other();
        choose_way();
        begin(2);
        said = http::response{400, {}, R"({"error":{"code":"BadRequest","message":"odd"}})"};
        claim(1);
        for (int i = 0; i < 60; ++i) {
            claim_for_other(100 + i);
            pass_seconds(10);
        }
        for (auto before = bodies.size(); bodies.size() == before;) pass(1s);
        claim_for_other(200);
        pass(1s);
        BOOST_TEST(state_of(200) == "posted");
        said = http::response{status, {}, {}};
        claim(2);
        for (int i = 0; i < 30 && logged(line) == 0; ++i) pass(1s);
        BOOST_TEST(logged(line) == 1u);
        pass(1s);
        BOOST_TEST(state_of(1) == "posted");
        BOOST_TEST(state_of(2) == "posted");
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(rest_refusals_, refused_posts)

BOOST_AUTO_TEST_CASE(a_table_that_refuses_us_is_held_and_the_others_go_on) {
    add_other();
    for (unsigned status : {401u, 403u}) {
        auto number = 100 * static_cast<int>(status);
        said = http::response{status, {}, {}};
        claim(number);
        begin(2);
        pass(100ms);
        BOOST_TEST(gate().is_refused_at_post());
        BOOST_TEST(gate().held() == 1u);
        BOOST_TEST(state_of(number) == "uploaded");
        BOOST_TEST(sources->find(id_of(number))->posts == 0u);
        BOOST_TEST(logged("the service does not take files for a target") == 1u);
        for (int i = number + 1; i < number + 40; ++i) claim_for_other(i);
        pass(1s);
        for (int i = number + 1; i < number + 40; ++i) BOOST_TEST(state_of(i) == "posted");
        said = http::response{200, {}, accepted};
        pass(15s);
        release();
        BOOST_TEST(state_of(number) == "posted");
        BOOST_TEST(!gate().is_paused());
        lines.clear();
    }
}

BOOST_AUTO_TEST_CASE(one_table_does_not_cost_the_cluster_a_token_with_each_try) {
    add_other();
    said = http::response{401, {}, {}};
    claim(1);
    claim(2);
    claim_for_other(3);
    begin(2);
    pass(100ms);
    for (int i = 10; i < 16; ++i) {
        pass(5min);
        claim_for_other(i);
        release();
        pass(100ms);
        BOOST_TEST(state_of(i) == "posted");
    }
    BOOST_TEST(bodies.size() > 12u);
    BOOST_TEST(tokens_refused == 1);
}

BOOST_AUTO_TEST_CASE(a_table_that_is_missing_pauses_its_watch_like_its_notification) {
    said = http::response{
        404,
        {},
        R"({"error":{"code":"NotFound",)"
        R"("@message":"Entity ID 'Web' of kind 'Table' was not found."}})"};
    for (int i = 1; i <= 3; ++i) claim(i);
    begin(2);
    pass(100ms);
    BOOST_TEST(gate().is_paused());
    BOOST_TEST(gate().code() == "BadRequest_TableNotExist");
    BOOST_TEST(gate().held() == 3u);
    choose_way();
    pass(15s);
    release();
    BOOST_TEST(gate().held() == 3u);  // Messages would not find it either.
    BOOST_TEST(asked("put_message") == 0u);
}

BOOST_AUTO_TEST_CASE(a_long_pause_is_that_of_its_table) {
    add_other();
    said = http::response{429, {{"Retry-After", "3600"}}, {}};
    claim(1);
    begin(2);
    pass(100ms);
    claim(2);
    claim_for_other(3);
    pass(100ms);
    BOOST_TEST(state_of(2) == "uploaded");
    BOOST_TEST(state_of(3) == "posted");
    BOOST_TEST(bodies.size() == 2u);
    BOOST_TEST(!shipper->post_trouble("web").has_value());
    pass_seconds(20);
    auto why = shipper->post_trouble("web");
    BOOST_REQUIRE(why.has_value());
    BOOST_TEST(why->detail.find("Logs.Web: post to ingest-c") == 0u);
    BOOST_TEST(why->detail.find("; the next try is at 20") != std::string::npos);
    BOOST_TEST(!shipper->post_trouble("other").has_value());
}

BOOST_AUTO_TEST_CASE(where_messages_would_do_a_table_that_refuses_us_gets_them) {
    add_other();
    choose_way();
    said = http::response{403, {}, {}};
    claim(1);
    begin(2);
    pass_seconds(40);
    BOOST_TEST(state_of(1) == "posted");
    BOOST_TEST(asked("put_message") == 1u);
    BOOST_TEST(!sources->find(id_of(1))->reported.in_operation);
    BOOST_TEST(!gate().is_paused());
    auto detour = shipper->rest_detour("web");
    BOOST_REQUIRE(detour.has_value());
    BOOST_TEST(detour->table == "Logs.Web");
    BOOST_TEST(logged("posted as queue messages: by REST they are refused") == 1u);
    auto before = bodies.size();
    claim(2);
    claim_for_other(3);
    pass(1s);
    BOOST_TEST(bodies.size() == before + 1);
    BOOST_TEST(asked("put_message") == 2u);
    said = http::response{200, {}, accepted};
    pass(15min);
    claim(4);
    pass(1s);
    BOOST_TEST(bodies.size() == before + 2);
    BOOST_TEST(!shipper->rest_detour("web").has_value());
    BOOST_TEST(logged("posted by REST again") == 1u);
}

BOOST_AUTO_TEST_CASE(where_messages_would_do_they_are_sent_when_nothing_takes_posts) {
    for (unsigned status : {404u, 405u, 501u}) {
        choose_way();
        said = http::response{status, {}, "<html>not here</html>"};
        claim(static_cast<int>(status));
        begin(1);
        pass_seconds(40);
        BOOST_TEST(state_of(static_cast<int>(status)) == "posted");
        BOOST_TEST((keeper->current().chosen == kusto::transport::queued));
        BOOST_TEST((keeper->current().reason == kusto::choice_reason::refused));
        said = http::response{200, {}, accepted};
        pass(16min);
        claim(static_cast<int>(status) + 1000);
        pass(1s);
        BOOST_TEST((keeper->current().chosen == kusto::transport::rest));
        BOOST_TEST(state_of(static_cast<int>(status) + 1000) == "posted");
    }
    BOOST_TEST(asked("put_message") == 3u);
}

BOOST_AUTO_TEST_CASE(what_is_larger_than_a_request_may_be_is_left_to_queues_or_named) {
    settings = R"({"ingestionSettings":{"preferredIngestionMethod":"Rest","maxDataSize":3}})";
    choose_way();
    claim(1);
    begin(1);
    pass(1s);
    BOOST_TEST(asked("put_message") == 1u);
    BOOST_TEST(logged("maxDataSize") == 1u);
    keeper->set_wish(kusto::transport_wish::rest);
    claim(2);
    pass(1s);
    BOOST_TEST(state_of(2) == "posted");  // It is a wish of the service, and no more.
    BOOST_TEST(bodies.size() == 1u);
    said = http::response{400, {}, R"({"error":{"code":"BadRequest","message":"Too large."}})"};
    claim(3);
    pass_seconds(25);
    auto large = shipper->oversized("web");
    BOOST_REQUIRE(large.has_value());
    BOOST_TEST(large->detail.find("maxDataSize") != std::string::npos);
    BOOST_TEST(!shipper->post_trouble("web").has_value());
    BOOST_TEST(state_of(3) == "uploaded");
    BOOST_TEST(!gate().is_paused());
    pass_seconds(120);
    said = http::response{200, {}, accepted};
    pass_seconds(400);
    BOOST_TEST(state_of(3) == "posted");
    BOOST_TEST(!shipper->oversized("web").has_value());
}

BOOST_AUTO_TEST_CASE(a_large_file_that_is_refused_for_another_reason_is_trouble_of_its_watch) {
    settings = R"({"ingestionSettings":{"preferredIngestionMethod":"Rest","maxDataSize":3}})";
    choose_way();
    keeper->set_wish(kusto::transport_wish::rest);
    said = http::response{400, {}, R"({"error":{"code":"BadRequest","message":"Bad tags."}})"};
    claim(1);
    begin(1);
    pass_seconds(40);
    BOOST_TEST(!shipper->oversized("web").has_value());
    auto trouble = shipper->post_trouble("web");
    BOOST_REQUIRE(trouble.has_value());
    BOOST_TEST(trouble->detail.find("Bad tags.") != std::string::npos);
    // It may be the reason.
    BOOST_TEST(trouble->detail.find("maxDataSize") != std::string::npos);
    BOOST_TEST(state_of(1) == "uploaded");
}

BOOST_AUTO_TEST_CASE(what_waits_after_refusals_is_posted_at_once_where_messages_will_do) {
    waits_and_is_posted_after(403, "by REST they are refused");
}

BOOST_AUTO_TEST_CASE(what_waits_after_refusals_is_posted_at_once_when_nothing_takes_posts) {
    waits_and_is_posted_after(405, "nothing that takes them by REST");
}

BOOST_AUTO_TEST_CASE(what_says_yes_to_everything_is_asked_one_file_at_a_time) {
    said = http::response{200, {}, "<html>welcome</html>"};
    for (int i = 1; i <= 3; ++i) claim(i);
    begin(1);
    pass_seconds(120);
    BOOST_TEST(gate().is_refused_at_post());
    auto before = bodies.size();
    release();
    pass_seconds(120);
    BOOST_TEST(bodies.size() == before + 1);
    BOOST_TEST(blobs_in(before) == 1u);
    said = http::response{200, {}, accepted};
    release();
    pass_seconds(120);
    BOOST_TEST(!gate().is_paused());
}

BOOST_AUTO_TEST_CASE(a_file_that_is_too_large_is_named_and_is_no_trouble_of_others) {
    auto anything = [](const std::string&) { return true; };
    auto by_text = R"({"error":{"code":"BadRequest",)"
                   R"("@message":"the blob exceeds the maximum allowed size"}})";
    for (auto& refusal : {http::response{413, {}, {}}, http::response{400, {}, by_text}}) {
        said = refusal;
        auto number = static_cast<int>(refusal.status);
        claim(number);
        begin(2);
        pass_seconds(60);
        BOOST_TEST(state_of(number) == "uploaded");
        BOOST_TEST(!shipper->trouble(anything).has_value());
        BOOST_TEST(!shipper->post_trouble("web").has_value());
        auto large = shipper->oversized("web");
        BOOST_REQUIRE(large.has_value());
        BOOST_TEST(large->code == "too_large_to_post");
        BOOST_TEST(large->files == 1u);
        BOOST_TEST(large->example == "f" + std::to_string(number));
        BOOST_TEST(large->detail.find("cluster.transport to auto") != std::string::npos);
        BOOST_TEST(!shipper->oversized("other").has_value());
        said = http::response{200, {}, accepted};
        pass_seconds(600);
        BOOST_TEST(state_of(number) == "posted");
        BOOST_TEST(!shipper->oversized("web").has_value());
    }
}

BOOST_AUTO_TEST_SUITE_END()
