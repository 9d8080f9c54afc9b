#include "base/log.hpp"
#include "support/manual_clock.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace kustodrop;

BOOST_AUTO_TEST_SUITE(log_limit_)

BOOST_AUTO_TEST_CASE(thirty_lines_a_minute_are_written_and_the_others_counted) {
    log_limit limit;
    time_point now{1h};
    for (int i = 0; i < 30; ++i) BOOST_TEST(limit.admits("rejected", "web", now));
    for (int i = 0; i < 70; ++i) BOOST_TEST(!limit.admits("rejected", "web", now));
    BOOST_TEST(limit.admits("rejected", "other", now));
    BOOST_TEST(limit.admits("failed", "web", now));
    BOOST_TEST(limit.due(now + 59s).empty());
    auto due = limit.due(now + 60s);
    BOOST_REQUIRE(due.size() == 1u);
    BOOST_TEST(due.front().event == "rejected");
    BOOST_TEST(due.front().watch == "web");
    BOOST_TEST(due.front().lines == 70u);
    BOOST_TEST(limit.due(now + 10min).empty());
    BOOST_TEST(limit.admits("rejected", "web", now + 61s));
}

BOOST_AUTO_TEST_CASE(each_has_a_minute_of_its_own) {
    log_limit limit;
    time_point now{1h};
    for (int i = 0; i < 31; ++i) limit.admits("rejected", "web", now);
    for (int i = 0; i < 32; ++i) limit.admits("rejected", "other", now + 30s);
    BOOST_REQUIRE(limit.due(now + 60s).size() == 1u);
    BOOST_TEST(limit.due(now + 89s).empty());
    auto due = limit.due(now + 90s);
    BOOST_REQUIRE(due.size() == 1u);
    BOOST_TEST(due.front().lines == 2u);
}

namespace {

struct logging {
    test::manual_clock clock;
    std::vector<std::string> lines;
    logger log{clock, log_level::info, log_format::text, [this](std::string_view line) {
                   lines.emplace_back(line);
               }};

    void reject(int files, const std::string& watch = "web") {
        for (int i = 0; i < files; ++i) {
            log.warning("rejected", {{"watch", watch}, {"file", std::to_string(i)}});
        }
    }
    auto count(std::string_view text) {
        return std::ranges::count_if(lines, [&](auto& line) {
            return line.find(text) != std::string::npos;
        });
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(bad_files_without_end_do_not_fill_the_log, logging) {
    reject(2000);
    reject(1, "other");
    BOOST_TEST(lines.size() == 31u);
    clock.advance(60s);
    log.write_left_out();
    BOOST_REQUIRE(lines.size() == 32u);
    BOOST_TEST(count("rejected: and 1970 more like it in the last minute") == 1);
    BOOST_TEST(count("watch=web") == 31);
    log.write_left_out();
    BOOST_TEST(lines.size() == 32u);
}

BOOST_FIXTURE_TEST_CASE(what_no_watch_causes_and_what_is_no_complaint_is_always_written, logging) {
    for (int i = 0; i < 100; ++i) log.warning("odd");
    for (int i = 0; i < 100; ++i) log.info("posted", {{"watch", "web"}});
    BOOST_TEST(lines.size() == 200u);
}

BOOST_AUTO_TEST_SUITE_END()
