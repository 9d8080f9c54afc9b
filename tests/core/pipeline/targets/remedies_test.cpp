#include "pipeline/targets/remedies.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop::pipeline;

BOOST_AUTO_TEST_SUITE(remedies)

BOOST_AUTO_TEST_CASE(every_code_has_a_remedy) {
    BOOST_TEST(remedy_for("BadRequest_TableNotExist").find("create the table") == 0);
    BOOST_TEST(
        remedy_for("BadRequest_MappingReferenceWasNotFound").find("mapping") !=
        std::string_view::npos
    );
    BOOST_TEST(remedy_for("Forbidden").find("Ingestor") != std::string_view::npos);
    BOOST_TEST(remedy_for("too_large").find("split") != std::string_view::npos);
    BOOST_TEST(remedy_for("SomethingNew").find("then retry") != std::string_view::npos);
    BOOST_TEST(remedy_for("").find("move them back") != std::string_view::npos);
}

BOOST_AUTO_TEST_CASE(what_the_service_says_is_followed_by_what_to_do) {
    BOOST_TEST(
        with_remedy("BadRequest_TableNotExist", "No table T.") ==
        "No table T; create the table or correct watches[].table, reload, then retry"
    );
    BOOST_TEST(
        with_remedy("SomethingNew", "No.") ==
        "No; correct the cause that the service names, then retry"
    );
}

BOOST_AUTO_TEST_CASE(a_hint_that_is_there_already_is_enough) {
    auto hinted = "not allowed; give the identity the role Ingestor";
    BOOST_TEST(with_remedy("Forbidden", hinted) == hinted);
}

BOOST_AUTO_TEST_SUITE_END()
