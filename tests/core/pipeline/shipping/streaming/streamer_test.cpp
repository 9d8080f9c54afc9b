#include "core/pipeline/shipping/shipping_fixture.hpp"
#include "core/spool/reading/gunzip.hpp"
#include "kusto/streaming/streaming_client.hpp"

using namespace kustodrop;
using namespace kustodrop::pipeline;
namespace stage = spool::stage;

namespace {

constexpr auto stored = R"({"Tables":[{"TableName":"Table_0","Columns":[],"Rows":[]}]})";

/// A watch that streams to a table that answers as the test says.
struct streaming : test::shipping {
    streaming() {
        auto& target = web().options.target;
        target.delivery = kusto::delivery_way::streaming;
        how.repost_after = 10s;
        client.authenticate_with([this] { return token(); }, [](auto&) {});
        auto with = parts();
        with.streaming = &client;
        with.answered = [this](const kusto::notification& reported) { take(reported); };
        shipper.emplace(std::move(with), how, next);
        storage = [this](const http::request& asked) -> std::optional<result<http::response>> {
            if (asked.service != "streaming") return std::nullopt;
            bodies.push_back(std::string(asked.payload()));
            return table();
        };
    }

    asio::awaitable<kusto::management_client::token> token() {
        azure::access_token out;
        out.value = secret("token");
        co_return std::make_shared<const azure::access_token>(std::move(out));
    }

    void take(const kusto::notification& reported) {
        spool::outcome_record record;
        using spool::outcome;
        record.outcome = reported.success ? outcome::succeeded : outcome::failed;
        record.code = reported.code;
        sources->advance(*sources->find(reported.source_id), stage::settled{record});
    }

    spool::source& source(int number) { return *sources->find(id_of(number)); }

    static http::response refusal(unsigned status, const std::string& message) {
        auto said = R"({"error":{"code":"BadRequest","@type":"Kusto.X","@message":")" + message;
        return {status, {}, said + "\"}}"};
    }

    kusto::streaming_client client{
        network, [] { return *http::url::parse("https://c.example"); }, "1.0"};
    std::function<result<http::response>()> table = [] { return http::response{200, {}, stored}; };
    std::vector<std::string> bodies;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(streamer_, streaming)

BOOST_AUTO_TEST_CASE(a_small_file_is_one_request) {
    begin();
    claim(1);
    BOOST_TEST(state_of(1) == "succeeded ");
    BOOST_REQUIRE(network.sent.size() == 1u);
    BOOST_TEST(test::gunzip(bodies.front()) == "1,2\n");
    BOOST_TEST(network.header("Content-Encoding") == "gzip");
    BOOST_TEST(source(1).posts == 1u);
    BOOST_TEST(spool::way_of(source(1).reported) == "streaming");
}

BOOST_AUTO_TEST_CASE(posting_is_recorded_before_the_request) {
    std::string at_request;
    table = [&] {
        at_request = state_of(1);
        return http::response{200, {}, stored};
    };
    begin();
    claim(1);
    BOOST_TEST(at_request == "posting");
}

BOOST_AUTO_TEST_CASE(a_table_that_does_not_stream_is_queued_at_once) {
    table = [] { return refusal(400, "Streaming ingestion is not enabled"); };
    begin();
    claim(1);
    claim(2);
    BOOST_TEST(state_of(1) == "posted");
    BOOST_TEST(state_of(2) == "posted");
    BOOST_TEST(bodies.size() == 1u);
    BOOST_TEST(source(1).posts == 1u);
    BOOST_TEST(spool::way_of(source(1).reported) == "queued");
    BOOST_TEST(logged("streaming pauses") == 1u);
}

BOOST_AUTO_TEST_CASE(what_is_too_large_is_queued_without_a_request) {
    how.streaming_bytes = 100;
    shipper->set_options(how);
    begin();
    claim(1, std::string(101, 'x'));
    BOOST_TEST(state_of(1) == "posted");
    BOOST_TEST(bodies.empty());
}

BOOST_AUTO_TEST_CASE(what_is_streamed_does_not_wait_while_storage_refuses_what_is_not) {
    how.streaming_bytes = 100;
    shipper->set_options(how);
    storage = [this](const http::request& asked) -> std::optional<result<http::response>> {
        if (asked.service == "streaming") return table();
        if (asked.operation != "put_blob") return std::nullopt;
        http::response odd{400, {}, {}};
        odd.headers.add("x-ms-error-code", "OddRefusal");
        return odd;
    };
    begin();
    for (int number = 1; number <= 6; ++number) claim(number, std::string(101, 'x'));
    pass_seconds(60);
    BOOST_TEST(logged("the watch is held") == 1u);
    for (int number = 11; number <= 13; ++number) {
        claim(number);
        BOOST_TEST(state_of(number) == "succeeded ");
    }
}

BOOST_AUTO_TEST_CASE(bad_rows_fail_with_the_services_text) {
    table = [] { return refusal(400, "The rows are odd"); };
    begin();
    claim(1);
    BOOST_TEST(state_of(1) == "failed General_BadRequest");
    BOOST_TEST(asked("put_message") == 0u);
}

BOOST_AUTO_TEST_CASE(a_lost_answer_waits_and_is_queued) {
    table = []() -> result<http::response> {
        failure lost{errc::connection_reset, remedy::retry, "reset"};
        lost.maybe_acted = true;
        return lost;
    };
    begin();
    claim(1);
    BOOST_TEST(state_of(1) == "posting");
    BOOST_TEST(source(1).ambiguous_posts == 1u);
    BOOST_TEST((next.handed == std::vector<std::string>{"unanswered " + id_of(1)}));
    pass_seconds(9);
    BOOST_TEST(state_of(1) == "posting");
    pass_seconds(30);
    BOOST_TEST(state_of(1) == "posted");
    BOOST_TEST(bodies.size() == 1u);
    // The lost one will never be reported: the queued one's notification decides.
    BOOST_TEST(source(1).posts == 1u);
    BOOST_TEST(spool::way_of(source(1).reported) == "streaming, queued");
}

BOOST_AUTO_TEST_CASE(lost_answers_pause_streaming_and_the_queue_takes_the_rest) {
    table = [] { return http::response{504, {}, R"({"error":{"code":"GatewayTimeout"}})"}; };
    begin();
    for (int number = 1; number <= 5; ++number) claim(number);
    BOOST_TEST(bodies.size() == 2u);
    BOOST_TEST(state_of(5) == "posted");
    BOOST_TEST(source(2).ambiguous_posts == 1u);
    BOOST_TEST(source(3).ambiguous_posts == 0u);
    BOOST_TEST(logged("streaming pauses") == 1u);
    BOOST_TEST(shipper->streaming_pause(source(1).target).has_value());
}

BOOST_AUTO_TEST_CASE(a_trouble_of_the_service_is_tried_three_times) {
    table = [] { return refusal(500, "Can't determine row store"); };
    begin();
    claim(1);
    pass_seconds(30);
    BOOST_TEST(bodies.size() == 3u);
    BOOST_TEST(state_of(1) == "posted");
    BOOST_TEST(source(1).ambiguous_posts == 0u);
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_read_is_judged_by_the_upload) {
    begin();
    claim(1, "\n\n");
    BOOST_TEST(state_of(1) == "skipped empty_file");
    BOOST_TEST(bodies.empty());
}

BOOST_AUTO_TEST_CASE(one_that_was_begun_before_a_pause_is_not_sent_in_it) {
    table = [] { return http::response{429, {{"Retry-After", "60"}}, {}}; };
    begin(2);
    admit(1, {claimed_file("f1", "1,2\n")});
    admit(2, {claimed_file("f2", "1,2\n")});
    ready.push(id_of(1), clock.now());
    ready.push(id_of(2), clock.now());
    settle();
    BOOST_TEST(bodies.size() == 1u);
    BOOST_TEST(state_of(1) == "posted");
    BOOST_TEST(state_of(2) == "posted");
    BOOST_TEST(!source(2).reported.in_answer);
}

BOOST_AUTO_TEST_SUITE_END()
