#include "azure/identity/azure_cli.hpp"

#include "base/text.hpp"
#include "support/world.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <ctime>

using namespace kustodrop;

namespace {

struct cli_world : test::world {
    cli_world() {
        where.scope = "https://kusto.kusto.windows.net/.default";
        options.threads = 0;
        options.run = [this](const std::vector<std::string>& command) {
            asked = command;
            return ended;
        };
    }

    result<azure::access_token> fetch() {
        azure::azure_cli_source source(clock, options);
        auto task = start(source.fetch(where));
        if (task->error) std::rethrow_exception(task->error);
        return *task->value;
    }

    std::string in_an_hour() {
        auto then = clock.wall_now().time_since_epoch() + 1h;
        return std::to_string(std::chrono::floor<std::chrono::seconds>(then).count());
    }

    azure::azure_cli_options options;
    azure::authority where;
    std::vector<std::string> asked;
    result<child_output> ended = child_output{};
};

const auto noon = *parse_iso8601("2026-08-22T12:00:00Z");

}  // namespace

BOOST_FIXTURE_TEST_SUITE(azure_cli_, cli_world)

BOOST_AUTO_TEST_CASE(asks_az_for_the_scope) {
    ended->out = R"({"accessToken":"eyJ","expires_on":)" + in_an_hour() + "}";
    auto token = fetch();
    BOOST_TEST(token->value.reveal() == "eyJ");
    BOOST_TEST((token->lifetime == 1h));
    std::vector<std::string> expected{
        "az",
        "account",
        "get-access-token",
        "--output",
        "json",
        "--scope",
        "https://kusto.kusto.windows.net/.default"};
    BOOST_TEST(asked == expected);
}

BOOST_AUTO_TEST_CASE(names_the_tenant_where_one_is_configured) {
    options.tenant_id = "tenant-1";
    ended->out = R"({"accessToken":"eyJ","expires_on":)" + in_an_hour() + "}";
    fetch();
    BOOST_TEST(asked[asked.size() - 2] == "--tenant");
    BOOST_TEST(asked.back() == "tenant-1");
}

BOOST_AUTO_TEST_CASE(says_what_is_to_be_done) {
    ended = failure{errc::not_found, remedy::reconfigure, "az: No such file or directory"};
    BOOST_TEST(fetch().error().detail.find("not installed") != std::string::npos);
    ended = failure{errc::timeout, remedy::retry, "az did not end in time"};
    BOOST_TEST((fetch().error().next == remedy::retry));
    ended = child_output{1, "", "ERROR: Please run 'az login' to setup account.\n"};
    BOOST_TEST(fetch().error().code == errc::not_signed_in);
    ended = child_output{2, "", "ERROR: something\nmore"};
    BOOST_TEST(fetch().error().detail == "az ended with 2: ERROR: something");
    ended = child_output{0, "no JSON", ""};
    BOOST_TEST(fetch().error().code == errc::bad_answer);
}

BOOST_AUTO_TEST_CASE(seconds_count_more_than_local_time) {
    auto text = R"({"accessToken":"t","expiresOn":"2026-08-22 01:00:00.000000","expires_on":")" +
                std::to_string(noon.time_since_epoch() / 1s + 60) + "\"}";
    BOOST_TEST((azure::parse_cli_answer(text, noon)->lifetime == 1min));
}

BOOST_AUTO_TEST_CASE(older_versions_report_local_time_only) {
    auto* before = std::getenv("TZ");
    std::string kept = before ? before : "";
    ::setenv("TZ", "EST5", 1);
    ::tzset();
    auto text = R"({"accessToken":"t","expiresOn":"2026-08-22 08:00:00.123456"})";
    auto token = azure::parse_cli_answer(text, noon);
    before ? ::setenv("TZ", kept.c_str(), 1) : ::unsetenv("TZ");
    ::tzset();
    BOOST_TEST_REQUIRE(token.has_value());
    BOOST_TEST((token->lifetime == 1h));
}

BOOST_AUTO_TEST_CASE(what_is_no_token_is_refused) {
    for (auto* text :
         {"",
          "[]",
          R"({"accessToken":"t"})",
          R"({"expires_on":99999999999})",
          R"({"accessToken":"t","expiresOn":"soon"})",
          R"({"accessToken":"t","expiresOn":"2026-08-22 08:00:00Z"})",
          R"({"accessToken":"","expires_on":99999999999})"}) {
        BOOST_TEST(azure::parse_cli_answer(text, noon).error().code == errc::bad_answer, text);
    }
    auto past = azure::parse_cli_answer(R"({"accessToken":"t","expires_on":5})", noon);
    BOOST_TEST(past.error().detail.find("clock") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
