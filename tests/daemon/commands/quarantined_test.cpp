#include "daemon/commands/failures/quarantined.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop::daemon;

static quarantined_file file(const std::string& watch, const std::string& code, int day) {
    quarantined_file out;
    out.watch = watch;
    out.code = code;
    out.file = watch + std::to_string(day);
    out.time = "2026-11-0" + std::to_string(day) + "T00:00:00Z";
    out.bytes = 10;
    return out;
}

BOOST_AUTO_TEST_SUITE(quarantined)

BOOST_AUTO_TEST_CASE(groups_have_the_newest_file_and_the_oldest_time) {
    auto groups =
        grouped_by_code({file("b", "C", 2), file("a", "C", 4), file("b", "C", 3), file("a", "D", 1)}
        );
    BOOST_TEST_REQUIRE(groups.size() == 2);
    BOOST_TEST(groups[0].code == "C");
    BOOST_TEST(groups[0].files == 3);
    BOOST_TEST(groups[0].bytes == 30);
    BOOST_TEST(groups[0].newest.file == "a4");
    BOOST_TEST(groups[0].oldest_at == "2026-11-02T00:00:00Z");
    BOOST_TEST((groups[0].watches == std::vector<std::string>{"a", "b"}));
}

BOOST_AUTO_TEST_CASE(the_command_names_the_watch_if_there_is_one) {
    auto groups = grouped_by_code({file("b", "C", 2), file("a", "C", 4), file("a", "D", 1)});
    BOOST_TEST(retry_command(groups[0], "") == "kustodrop retry --error C");
    BOOST_TEST(
        retry_command(groups[1], " --config x") == "kustodrop retry --error D --watch a --config x"
    );
    BOOST_TEST(retry_command(grouped_by_code({file("a", "", 1)})[0], "") == "");
}

BOOST_AUTO_TEST_CASE(arguments_are_safe_in_a_shell) {
    BOOST_TEST(shell_quoted("BadRequest_X") == "BadRequest_X");
    BOOST_TEST(shell_quoted("a b") == "'a b'");
    BOOST_TEST(shell_quoted("$(x)'y") == "'$(x)'\\''y'");
    BOOST_TEST(shell_quoted("") == "''");
}

BOOST_AUTO_TEST_SUITE_END()
