#include "pipeline/outcomes/polling/queue_patience.hpp"

#include "core/pipeline/outcomes/polling.hpp"

using namespace kustodrop;
using pipeline::queue_lane;
using pipeline::queue_patience;

namespace {

struct patient {
    queue_patience patience;
    time_point now{};
    azure::storage_place slow =
        azure::parse_storage_place("https://a.example/success?sig=s", {}).value();
    azure::storage_place quick =
        azure::parse_storage_place("https://b.example/success?sig=s", {}).value();

    void timeout() {
        failure problem{errc::timeout, remedy::reroute, "no answer"};
        patience.answered(slow, problem, 10s, now);
    }
    void answer() { patience.answered(slow, std::nullopt, 1s, now); }
    bool may(queue_lane lane) { return patience.may_ask(slow, lane, now); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(queue_patience_, patient)

BOOST_AUTO_TEST_CASE(queues_that_answer_in_time_are_read_together) {
    answer();
    failure refused{errc::not_allowed, remedy::reconfigure, "no"};
    patience.answered(slow, refused, 1s, now);
    BOOST_TEST(may(queue_lane::main));
    BOOST_TEST(!may(queue_lane::apart));
    BOOST_TEST(!patience.has_slow_ones());
    BOOST_TEST(!patience.must_wait(slow, queue_lane::apart, now));
}

BOOST_AUTO_TEST_CASE(one_that_lets_us_wait_is_read_apart_and_seldom) {
    timeout();
    BOOST_TEST(!may(queue_lane::main));
    BOOST_TEST(!may(queue_lane::apart));
    BOOST_TEST(patience.must_wait(slow, queue_lane::apart, now));
    BOOST_TEST(patience.may_ask(quick, queue_lane::main, now));
    BOOST_TEST(patience.trouble()->code.text() == "timeout");
    now += 10s;
    BOOST_TEST(may(queue_lane::apart));
    for (int i = 0; i < 5; ++i) timeout();
    now += 59s;
    BOOST_TEST(!may(queue_lane::apart));
    now += 1s;
    BOOST_TEST(may(queue_lane::apart));
}

BOOST_AUTO_TEST_CASE(a_late_answer_counts_as_slow_without_being_trouble) {
    patience.answered(slow, std::nullopt, 6s, now);
    BOOST_TEST(patience.has_slow_ones());
    BOOST_TEST(!patience.trouble().has_value());
}

BOOST_AUTO_TEST_CASE(one_that_answers_for_a_while_is_read_with_the_others_again) {
    timeout();
    now += 10s;
    answer();
    BOOST_TEST(may(queue_lane::apart));
    BOOST_TEST(!may(queue_lane::main));
    now += 10s;
    answer();
    BOOST_TEST(may(queue_lane::main));
    BOOST_TEST(!patience.has_slow_ones());
    // It flickers: what it cost is remembered.
    timeout();
    now += 10s;
    BOOST_TEST(!may(queue_lane::apart));
    now += 10s;
    BOOST_TEST(may(queue_lane::apart));
    answer();
    now += 20s;
    answer();
    now += 10min;
    answer();
    timeout();
    now += 10s;
    BOOST_TEST(may(queue_lane::apart));
}

BOOST_AUTO_TEST_CASE(a_queue_that_is_no_longer_listed_is_forgotten) {
    timeout();
    patience.keep_only({slow, quick});
    BOOST_TEST(patience.has_slow_ones());
    patience.keep_only({quick});
    BOOST_TEST(!patience.has_slow_ones());
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

// An account of which every answer comes after so long, or not at all.
struct hanging_account final : http::transport {
    explicit hanging_account(test::polling& around) : around_(around) {}

    asio::awaitable<result<http::response>> send(http::request request) override {
        if (request.target.host() == "slow.example") {
            asked.push_back(request.operation);
            auto wake = around_.clock.now() + request.total_timeout.value_or(24h);
            co_await around_.clock.sleep_until(wake);
            co_return failure{errc::timeout, remedy::retry, "no progress in time"};
        }
        auto answer = co_await around_.network.send(std::move(request));
        co_return answer;
    }

    std::vector<std::string> asked;

private:
    test::polling& around_;
};

struct beside_a_slow_one : test::polling {
    beside_a_slow_one() {
        success_uris = {"https://slow.example/success?sig=s", "https://q.example/success?sig=s"};
        lend_again();
    }
    ~beside_a_slow_one() { stop(); }

    hanging_account account{*this};
    azure::queue_client hanging{account, random};
    std::optional<pipeline::outcomes> whole;

    void begin() {
        pipeline::outcomes_parts with{
            *sources,
            *absent,
            ready,
            watches,
            *journal,
            router,
            identity_token,
            hanging,
            tables,
            clock,
            random,
            log,
            measured};
        whole.emplace(io.get_executor(), with, options, next);
        tasks.push_back(start(whole->run()));
        tasks.push_back(start(whole->run_apart()));
        tasks.push_back(start(whole->run_cleaner()));
        tasks.push_back(start(whole->run_cleaner_apart()));
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(outcomes_beside_a_slow_queue, beside_a_slow_one)

BOOST_AUTO_TEST_CASE(outcomes_in_other_accounts_do_not_wait_for_one_that_does_not_answer) {
    begin();
    for (int i = 1; i <= 20; ++i) {
        whole->expect(posted(i));
        storage.put("success", success(i));
        settle();
        // The first time costs what it takes to see that nothing comes.
        for (int step = 0; step < 3; ++step) pass(10s);
        BOOST_TEST(state(i) == "succeeded");
    }
    BOOST_TEST(account.asked.size() < 15u);
    BOOST_TEST(account.asked.size() > 2u);
    // It is trouble of those whose outcomes are awaited.
    BOOST_TEST(!whole->trouble().has_value());
    whole->expect(posted(21));
    BOOST_REQUIRE(whole->trouble().has_value());
    BOOST_TEST(whole->trouble()->code.text() == "timeout");
}

BOOST_AUTO_TEST_SUITE_END()
