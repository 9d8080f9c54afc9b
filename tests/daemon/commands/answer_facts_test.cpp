#include "daemon/commands/checking/answer_facts.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::daemon;

BOOST_AUTO_TEST_SUITE(answer_facts_)

BOOST_AUTO_TEST_CASE(show_the_configuration_as_it_is_spelled_without_its_secrets) {
    auto said = configuration_facts(
        R"({"containerSettings":{"containers":[{"path":"https://a/c?sig=secret"}],)"
        R"("LakeFolders":[{"path":"https://l/1"},{"path":"https://l/2"}],)"
        R"("refreshInterval":"01:00:00","preferredUploadMethod":"Lake"},)"
        R"("ingestionSettings":{"maxBlobsPerBatch":20,"maxDataSize":"6442450944",)"
        R"("preferredIngestionMethod":"Rest"}})"
    );
    BOOST_TEST(
        said == R"(preferredIngestionMethod "Rest", preferredUploadMethod "Lake", containers 1, )"
                R"(lakeFolders 2, maxBlobsPerBatch 20, maxDataSize "6442450944", )"
                R"(refreshInterval "01:00:00")"
    );
}

BOOST_AUTO_TEST_CASE(show_what_is_missing) {
    auto said = configuration_facts("{}");
    BOOST_TEST(said.find("preferredIngestionMethod missing") == 0u);
    BOOST_TEST(said.find("lakeFolders missing") != std::string::npos);
    BOOST_TEST(configuration_facts("<html>") == "not a JSON object");
}

BOOST_AUTO_TEST_CASE(show_the_shape_of_an_error) {
    http::response answer{
        404,
        {},
        R"({"error":{"code":"NotFound","@permanent":true,)"
        R"("@message":"no such operation https://a/b?sig=secret"}})"};
    auto said = answer_facts(answer);
    BOOST_TEST(
        said.find(R"(404, code "NotFound", @type missing, @permanent true: no such operation)") ==
        0u
    );
    BOOST_TEST(said.find("secret") == std::string::npos);
    BOOST_TEST(answer_facts({502, {}, "<html>"}) == "502, not JSON");
    BOOST_TEST(answer_facts({400, {}, "{}"}) == "400, JSON without \"error\"");
    BOOST_TEST(answer_facts({404, {}, ""}) == "404, no body");
}

BOOST_AUTO_TEST_CASE(show_what_an_answer_says_of_waiting) {
    http::response answer{429, {{"Retry-After", "30"}, {"x-ms-ratelimit-remaining", "0"}}, ""};
    BOOST_TEST(answer_facts(answer) == "429, Retry-After 30, x-ms-ratelimit-remaining 0, no body");
}

BOOST_AUTO_TEST_SUITE_END()
