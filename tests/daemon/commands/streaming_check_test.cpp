#include "daemon/commands/checking/streaming_check.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using step = kusto::streaming_step;

static std::optional<failure> problem_of(step how, std::string detail) {
    kusto::streaming_reply answered;
    answered.step = how;
    answered.why = {errc::unspecified, remedy::retry, std::move(detail)};
    return daemon::streaming_problem(answered);
}

BOOST_AUTO_TEST_SUITE(streaming_check)

BOOST_AUTO_TEST_CASE(that_there_are_no_rows_is_the_right_refusal) {
    BOOST_TEST(!problem_of(step::failed, "400: The input stream is Empty after processing"));
    BOOST_TEST(!problem_of(step::succeeded, ""));
    BOOST_TEST(!problem_of(step::queue_for_moment, "throttled"));
}

BOOST_AUTO_TEST_CASE(everything_else_is_a_problem) {
    for (auto how : {step::failed, step::queue_for_long, step::queue_for_rights}) {
        auto problem = problem_of(how, "no such mapping");
        BOOST_TEST_REQUIRE(problem.has_value());
        BOOST_TEST((problem->next == remedy::reconfigure));
    }
    auto lost = problem_of(step::unanswered, "reset");
    BOOST_TEST_REQUIRE(lost.has_value());
    BOOST_TEST((lost->next == remedy::retry));
}

BOOST_AUTO_TEST_SUITE_END()
