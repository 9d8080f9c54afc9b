#include "kusto/rest/post_answer.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::kusto;
using step = post_step;

namespace {

post_reply judged(unsigned status, std::string body = {}, http::headers headers = {}) {
    return judge_post(http::response{status, std::move(headers), std::move(body)}, "post to h");
}

std::string error(const std::string& code, const std::string& message) {
    return R"({"error":{"code":")" + code + R"(","@message":")" + message +
           R"(","@permanent":true}})";
}

std::string code_of(const post_reply& reply) { return reply.why.code.text(); }

}  // namespace

BOOST_TEST_DONT_PRINT_LOG_VALUE(step)
BOOST_AUTO_TEST_SUITE(post_answer_)

BOOST_AUTO_TEST_CASE(an_operation_is_what_was_asked_for) {
    for (unsigned status : {200u, 201u, 202u}) {
        auto reply = judged(status, R"({"ingestionOperationId":"1;2"})");
        BOOST_TEST(reply.step == step::accepted);
        BOOST_TEST(reply.operation == "1;2");
    }
}

BOOST_AUTO_TEST_CASE(a_yes_without_an_operation_may_have_been_said_by_the_service) {
    for (auto body : {"", "{}", "<html>welcome</html>", "null", "[1]"}) {
        auto reply = judged(200, body);
        BOOST_TEST(reply.step == step::unreadable);
        BOOST_TEST(reply.why.maybe_acted);
    }
}

BOOST_AUTO_TEST_CASE(answers_refuse_a_post_or_leave_it_open) {
    for (unsigned status : {400u, 401u, 403u, 404u, 405u, 409u, 413u, 429u, 501u, 503u, 302u}) {
        BOOST_TEST(!judged(status).why.maybe_acted, status);
    }
    for (unsigned status : {408u, 500u, 502u, 504u}) {
        BOOST_TEST(judged(status).why.maybe_acted, status);
        BOOST_TEST(judged(status).step == step::unanswered);
    }
}

BOOST_AUTO_TEST_CASE(no_answer_is_the_end_of_a_file) {
    for (unsigned status : {400u, 401u, 403u, 404u, 409u, 413u, 500u}) {
        BOOST_TEST((judged(status).why.next != remedy::give_up));
    }
}

BOOST_AUTO_TEST_CASE(rights_are_missing) {
    BOOST_TEST(judged(401).step == step::no_rights);
    BOOST_TEST(judged(403, "<html>waf</html>").step == step::no_rights);
    BOOST_TEST(judged(403).why.hint.find("Database User") != std::string::npos);
    BOOST_TEST(code_of(judged(403, error("Forbidden", "no"))) == "Forbidden");
}

BOOST_AUTO_TEST_CASE(a_missing_entity_has_the_code_of_its_notification) {
    auto table = "Entity ID 'Web' of kind 'Table' was not found.";
    for (unsigned status : {400u, 404u}) {
        auto reply = judged(status, error("BadRequest", table));
        BOOST_TEST(reply.step == step::no_target);
        BOOST_TEST(code_of(reply) == "BadRequest_TableNotExist");
    }
    auto named = judged(400, error("BadRequest_DatabaseNotExist", "no such thing"));
    BOOST_TEST(named.step == step::no_target);
    BOOST_TEST(code_of(named) == "BadRequest_DatabaseNotExist");
    auto vague = judged(404, error("BadRequest_EntityNotFound_X", "what?"));
    BOOST_TEST(code_of(vague) == "BadRequest_EntityNotFound");
}

BOOST_AUTO_TEST_CASE(a_mapping_that_is_missing_is_of_the_target_too) {
    auto reply = judged(400, error("", "Entity ID 'M' of kind 'MappingPersistent' was not found."));
    BOOST_TEST(reply.step == step::no_target);
    BOOST_TEST(code_of(reply) == "BadRequest_MappingReferenceWasNotFound");
}

BOOST_AUTO_TEST_CASE(where_nothing_takes_posts_no_table_is_to_blame) {
    for (unsigned status : {404u, 405u, 501u}) {
        BOOST_TEST(judged(status, "<html>404</html>").step == step::no_endpoint);
    }
    auto said = judged(404, error("NotFound", "There is nothing at /v1/rest/ingestion."));
    BOOST_TEST(said.step == step::no_endpoint);
}

BOOST_AUTO_TEST_CASE(throttling_is_known_by_its_status_or_by_its_name) {
    BOOST_TEST(judged(429).step == step::throttled);
    BOOST_TEST(judged(503).step == step::throttled);
    BOOST_TEST(judged(400, error("Throttling", "later")).step == step::throttled);
    auto junk = judged(429, "", {{"Retry-After", "soon"}});
    BOOST_TEST(!junk.why.retry_after.has_value());
}

BOOST_AUTO_TEST_CASE(what_was_not_sent_and_what_was_lost_differ) {
    failure refused{errc::connect_refused, remedy::retry, "why"};
    BOOST_TEST(judge_post(refused, "p").step == step::not_sent);
    failure lost{errc::timeout, remedy::retry, "why"};
    lost.maybe_acted = true;
    BOOST_TEST(judge_post(lost, "p").step == step::unanswered);
    lost.code = errc::bad_answer;
    BOOST_TEST(judge_post(lost, "p").step == step::unreadable);
}

BOOST_AUTO_TEST_CASE(a_code_shows_no_secret_and_has_an_end) {
    auto code = "Bad https://h/c?sv=1&sig=TOPSECRET " + std::string(30'000, 'x');
    for (unsigned status : {400u, 403u, 404u, 429u, 500u}) {
        auto reply = judged(status, error(code, "why"));
        BOOST_TEST(reply.why.code.text().find("TOPSECRET") == std::string::npos);
        BOOST_TEST(reply.why.message().find("TOPSECRET") == std::string::npos);
        BOOST_TEST(reply.why.code.text().size() < 80u);
    }
}

BOOST_AUTO_TEST_CASE(a_refusal_says_whether_it_is_about_the_size) {
    BOOST_TEST(judged(413).is_of_size);
    BOOST_TEST(judged(400, error("BadRequest", "The blob is too large")).is_of_size);
    BOOST_TEST(judged(400, error("PayloadTooLarge", "no")).is_of_size);
    BOOST_TEST(!judged(400, error("BadRequest", "why")).is_of_size);
    BOOST_TEST(!judged(409).is_of_size);
    BOOST_TEST(!judged(429, error("Throttled", "exceeds the limit")).is_of_size);
}

BOOST_AUTO_TEST_SUITE_END()
