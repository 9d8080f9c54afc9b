#include "pipeline/outcomes/polling/operation_troubles.hpp"

#include "core/pipeline/outcomes/polling/asking.hpp"

using namespace kustodrop;
using namespace kustodrop::pipeline;
using namespace std::chrono_literals;

namespace {

struct troubled : test::asking {
    /// Both counters and details of one blob that has succeeded.
    void answer_success(int number) {
        auto done = details(R"("Succeeded":1)", blob(number, R"("status":"Succeeded")"));
        rest.answer(200, done);
        rest.answer(200, done);
    }

    void answer_forbidden() {
        rest.answer(403, R"({"error":{"code":"Forbidden","message":"no access"}})");
    }

    std::string trouble() const {
        auto fails = poller->troubles().summary();
        return fails ? to_string(*fails) : "";
    }

    std::vector<std::string> asked() const {
        std::vector<std::string> out;
        for (auto& one : rest.sent) out.push_back(one.target.path());
        return out;
    }
};

failure of(errc code) { return {code, remedy::retry, "why"}; }

}  // namespace

BOOST_FIXTURE_TEST_SUITE(operation_troubles_, troubled)

BOOST_AUTO_TEST_CASE(each_failure_has_its_scope) {
    failure refused{service_code("Forbidden"), remedy::reconfigure, "why"};
    BOOST_TEST((scope_of(401, refused) == failing_scope::table));
    BOOST_TEST((scope_of(403, refused) == failing_scope::table));
    BOOST_TEST((scope_of(429, refused) == failing_scope::service));
    BOOST_TEST((scope_of(503, refused) == failing_scope::service));
    for (unsigned status : {408u, 418u, 500u, 502u, 504u}) {
        BOOST_TEST((scope_of(status, refused) == failing_scope::operation));
    }
    for (auto code :
         {errc::timeout, errc::connection_reset, errc::bad_answer, errc::answer_too_large}) {
        BOOST_TEST((scope_of(0, of(code)) == failing_scope::operation));
    }
    for (auto code : {errc::dns_failed, errc::connect_refused, errc::tls_untrusted}) {
        BOOST_TEST((scope_of(0, of(code)) == failing_scope::service));
    }
}

BOOST_AUTO_TEST_CASE(the_refusal_of_a_table_holds_up_no_other_table) {
    posted_in(1, "a1", "Secret");
    posted_in(2, "a2", "Secret");
    posted_in(3, "b");
    pass(5s);
    answer_forbidden();
    answer_success(3);
    BOOST_TEST(poll());
    BOOST_TEST(rest.sent.size() == 3u);  // One question for both of the refused table.
    BOOST_TEST(state(1) == "posted");
    BOOST_TEST(state(2) == "posted");
    BOOST_TEST(state(3) == "succeeded");
    BOOST_TEST(trouble().find("Forbidden: Logs.Secret: ") == 0u);
    BOOST_TEST(trouble().find("roles Ingestor and Database User") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_refused_table_is_asked_again_with_growing_pauses) {
    posted_in(1, "a1", "Secret");
    posted_in(2, "a2", "Secret");
    pass(5s);
    answer_forbidden();
    poll();
    BOOST_TEST((*poller->next() == clock.now() + 5s));
    pass(5s);
    answer_forbidden();
    poll();
    BOOST_TEST(rest.sent.size() == 2u);
    BOOST_TEST((*poller->next() == clock.now() + 7500ms));
    BOOST_TEST(!trouble().empty());
    pass(8s);
    answer_success(1);
    answer_success(2);
    BOOST_TEST(poll());
    BOOST_TEST(trouble().empty());
    BOOST_TEST(state(1) == "succeeded");
    BOOST_TEST(state(2) == "succeeded");
}

BOOST_AUTO_TEST_CASE(a_token_that_is_refused_twice_is_of_one_table_too) {
    posted_in(1, "a", "Secret");
    posted_in(2, "b");
    pass(5s);
    rest.answer(401);
    rest.answer(401);
    answer_success(2);
    BOOST_TEST(poll());
    BOOST_TEST(state(2) == "succeeded");
    BOOST_TEST(trouble().find("Logs.Secret") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_source_waits_only_because_of_its_own_table) {
    auto& refused = posted_in(1, "a", "Secret");
    auto& other = posted_in(2, "b");
    pass(5s);
    answer_forbidden();
    rest.answer(200, test::pending);
    poll();
    BOOST_TEST(poller->trouble_of(refused).has_value());
    BOOST_TEST(!poller->trouble_of(other).has_value());
}

BOOST_AUTO_TEST_CASE(several_refused_tables_are_one_trouble_that_counts_them) {
    posted_in(1, "a", "One");
    posted_in(2, "b", "Two");
    posted_in(3, "c", "Three");
    pass(5s);
    for (int i = 0; i < 3; ++i) answer_forbidden();
    poll();
    BOOST_TEST(poller->troubles().all().size() == 3u);
    BOOST_TEST(trouble().find("(and 2 more like this)") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_refused_table_without_operations_is_no_trouble) {
    auto& what = posted_in(1, "a", "Secret");
    pass(5s);
    answer_forbidden();
    poll();
    BOOST_TEST(!trouble().empty());
    expected.remove(what.id);
    sources->advance(what, spool::stage::settled{{spool::outcome::failed, "x", "y", {}}});
    pass(5s);
    poll();
    BOOST_TEST(trouble().empty());
}

BOOST_AUTO_TEST_CASE(what_fails_for_one_operation_holds_up_no_other) {
    std::vector<std::function<void()>> ways{
        [this] { rest.answer(500, R"({"error":{"code":"InternalServiceError"}})"); },
        [this] { rest.fail(of(errc::timeout)); },
        [this] { rest.fail(of(errc::answer_too_large)); },
        [this] { rest.answer(200, "<html>"); }};
    int number = 0;
    for (auto& fails : ways) {
        number += 2;
        posted_in(number - 1, "bad" + std::to_string(number));
        posted_in(number, "good" + std::to_string(number));
        pass(5s);
        fails();
        answer_success(number);
        BOOST_TEST(poll());
        BOOST_TEST(state(number) == "succeeded");
        BOOST_TEST(!trouble().empty());
        BOOST_TEST((poller->troubles().not_before() <= clock.now()));
        answer_success(number - 1);
        pass(5s);
        BOOST_TEST(poll());
        BOOST_TEST(trouble().empty());
    }
}

BOOST_AUTO_TEST_CASE(details_that_cannot_be_read_hold_up_no_other_operation) {
    posted_in(1, "bad");
    posted_in(2, "good");
    pass(5s);
    rest.answer(200, details(R"("Failed":1)", ""));
    rest.answer(500);
    answer_success(2);
    BOOST_TEST(poll());
    BOOST_TEST(state(2) == "succeeded");
    // The next pause is longer, although the counters were read.
    for (auto pause : {5s, 7s}) {
        pass(pause + 1s);
        rest.answer(200, details(R"("Failed":1)", ""));
        rest.answer(500);
        poll();
    }
    BOOST_TEST((*poller->next() == clock.now() + 11250ms));
}

BOOST_AUTO_TEST_CASE(two_in_a_row_end_the_pass) {
    for (int i = 1; i <= 4; ++i) posted_in(i, std::to_string(i));
    pass(5s);
    rest.fail(of(errc::timeout));
    rest.fail(of(errc::timeout));
    BOOST_TEST(!poll());
    BOOST_TEST(rest.sent.size() == 2u);
    BOOST_TEST((*poller->next() == clock.now() + 5s));
    // Those that were not asked come first.
    pass(5s);
    answer_success(3);
    answer_success(4);
    answer_success(1);
    answer_success(2);
    poll();
    BOOST_TEST(state(3) == "succeeded");
    BOOST_TEST(state(1) == "succeeded");
    BOOST_TEST(trouble().empty());
}

BOOST_AUTO_TEST_CASE(a_throttled_operation_is_not_the_first_of_the_next_pass) {
    for (int i = 1; i <= 2; ++i) posted_in(i, std::to_string(i));
    pass(5s);
    rest.answer(429);
    BOOST_TEST(!poll());
    BOOST_TEST(rest.sent.size() == 1u);
    pass(6s);
    answer_success(2);
    rest.answer(429);
    BOOST_TEST(poll());
    BOOST_TEST(state(2) == "succeeded");
    // What was answered in between keeps the pause short.
    BOOST_TEST((*poller->next() <= clock.now() + 8s));
}

BOOST_AUTO_TEST_CASE(a_long_pause_is_that_of_its_table) {
    posted_in(1, "a", "Busy");
    posted_in(2, "b");
    pass(5s);
    rest.answer(429, "", {{"Retry-After", "3600"}});
    answer_success(2);
    BOOST_TEST(poll());
    BOOST_TEST(state(2) == "succeeded");
    BOOST_TEST(state(1) == "posted");
    BOOST_TEST(trouble().find("Logs.Busy") != std::string::npos);
    pass(1h);
    answer_success(1);
    BOOST_TEST(poll());
    BOOST_TEST(state(1) == "succeeded");
    BOOST_TEST(trouble().empty());
}

BOOST_AUTO_TEST_CASE(two_long_pauses_in_a_row_end_a_pass_for_a_minute) {
    posted_in(1, "a", "Busy");
    posted_in(2, "b", "Busier");
    posted_in(3, "c");
    pass(5s);
    for (int i = 0; i < 2; ++i) rest.answer(429, "", {{"Retry-After", "3600"}});
    BOOST_TEST(!poll());
    BOOST_TEST(rest.sent.size() == 2u);
    pass(59s);
    BOOST_TEST(!poll());
    pass(1s);
    answer_success(3);
    BOOST_TEST(poll());
    BOOST_TEST(state(3) == "succeeded");
}

BOOST_AUTO_TEST_SUITE_END()
