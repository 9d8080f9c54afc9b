#include "base/log.hpp"

#include "support/manual_clock.hpp"

#include <boost/test/unit_test.hpp>
#include <sys/stat.h>

#include <cstdlib>
#include <unistd.h>
#include <vector>

using namespace kustodrop;
using namespace std::string_literals;

namespace {

struct log_world {
    test::manual_clock clock;
    std::vector<std::string> lines;

    logger make(log_format format, log_level threshold = log_level::info) {
        return logger(clock, threshold, format, [this](auto line) { lines.emplace_back(line); });
    }
    std::string only_line() {
        BOOST_REQUIRE(lines.size() == 1u);
        return std::exchange(lines, {}).front();
    }
};

// A file name made to look like the end of this line and the beginning of another.
const auto forged = "a.json\n<3>settled file=\"b\\\r\x1B[2K\xFF"s;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(log_, log_world)

BOOST_AUTO_TEST_CASE(adds_the_field_of_a_part_and_obeys_the_threshold_of_the_whole) {
    auto whole = make(log_format::text);
    logger part(whole, "cluster", "west");
    part.info("posted", {{"watch", "web"}});
    BOOST_TEST(only_line() == "00:00:00.000 info    posted watch=web cluster=west");
    part.debug("hidden");
    BOOST_TEST(lines.empty());
    whole.set_threshold(log_level::debug);
    BOOST_TEST(part.enabled(log_level::debug));
}

BOOST_AUTO_TEST_CASE(writes_text_for_terminals) {
    make(log_format::text).info("posted", {{"watch", "web"}, {"file", "a b.json"}, {"tag", ""}});
    BOOST_TEST(only_line() == "00:00:00.000 info    posted watch=web file=\"a b.json\"");
}

BOOST_AUTO_TEST_CASE(writes_priorities_for_journald) {
    auto log = make(log_format::journald, log_level::trace);
    log.error("a");
    log.warning("b");
    log.info("c", {{"x", "1"}});
    log.debug("d");
    log.trace("e");
    std::vector<std::string> wanted{"<3>a", "<4>b", "<6>c x=1", "<7>d", "<7>e"};
    BOOST_TEST(lines == wanted, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(leaves_out_what_is_empty) {
    make(log_format::json).info("succeeded", {{"file", "a"}, {"code", ""}, {"details", ""}});
    BOOST_TEST(only_line().ends_with("\"event\":\"succeeded\",\"file\":\"a\"}"));
}

BOOST_AUTO_TEST_CASE(writes_numbers_as_numbers_by_the_name_of_the_field) {
    auto log = make(log_format::json);
    log.info("x", {{"files", "12"}, {"min_free_percent", "5.000000"}, {"file", "12"}});
    BOOST_TEST(only_line().ends_with("\"files\":12,\"min_free_percent\":5.000000,\"file\":\"12\"}")
    );
    log.info("x", {{"files", "many"}, {"attempts", "012"}, {"port", "-"}, {"bytes", "1."}});
    BOOST_TEST(only_line().ends_with(
        "\"files\":\"many\",\"attempts\":\"012\",\"port\":\"-\",\"bytes\":\"1.\"}"
    ));
}

BOOST_AUTO_TEST_CASE(writes_one_json_object_a_line) {
    make(log_format::json).warning("posted", {{"file", "a \"b\".json"}});
    BOOST_TEST(
        only_line() ==
        "{\"time\":\"2026-08-22T00:00:00.000Z\",\"level\":\"warning\","
        "\"event\":\"posted\",\"file\":\"a \\\"b\\\".json\"}"
    );
}

BOOST_AUTO_TEST_CASE(lets_no_value_forge_a_line_or_a_field) {
    for (auto format : {log_format::text, log_format::journald, log_format::json}) {
        make(format).info("posted", {{"file", forged}, {"last", "1"}});
        auto line = only_line();
        for (unsigned char c : line) BOOST_TEST(c >= 0x20);
    }
    make(log_format::journald).info("x", {{"file", "a\" error=\"b"}, {"dir", "c d\\"}});
    BOOST_TEST(only_line() == R"(<6>x file="a\" error=\"b" dir="c d\\")");
    make(log_format::journald).info("x", {{"real", "a\nb"}, {"written", "a\\x0ab"}});
    BOOST_TEST(only_line() == R"(<6>x real=a\x0ab written="a\\x0ab")");
}

BOOST_AUTO_TEST_CASE(lets_no_event_forge_a_line) {
    make(log_format::text).info(forged);
    BOOST_TEST(only_line().find_first_of("\n\r\x1B") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(leaves_out_what_is_below_the_threshold) {
    auto log = make(log_format::text, log_level::warning);
    log.info("quiet");
    log.warning("heard");
    BOOST_TEST(lines.size() == 1u);
    BOOST_TEST((log.enabled(log_level::error) && !log.enabled(log_level::info)));
    log.set_threshold(log_level::info);
    log.info("heard now");
    BOOST_TEST(lines.size() == 2u);
}

BOOST_AUTO_TEST_CASE(knows_its_levels_by_name) {
    for (auto level :
         {log_level::error,
          log_level::warning,
          log_level::info,
          log_level::debug,
          log_level::trace}) {
        BOOST_TEST((parse_log_level(to_string(level)) == level));
    }
    BOOST_TEST((!parse_log_level("INFO") && !parse_log_level("")));
}

BOOST_AUTO_TEST_CASE(recognizes_the_journals_stream) {
    struct stat status {};
    BOOST_REQUIRE(::fstat(STDERR_FILENO, &status) == 0);
    auto stream = std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino);
    ::setenv("JOURNAL_STREAM", stream.c_str(), 1);
    BOOST_TEST((detected_log_format() == log_format::journald));
    ::setenv("JOURNAL_STREAM", "1:1", 1);
    auto plain = ::isatty(STDERR_FILENO) ? log_format::text : log_format::json;
    BOOST_TEST((detected_log_format() == plain));
    ::unsetenv("JOURNAL_STREAM");
}

BOOST_AUTO_TEST_SUITE_END()
