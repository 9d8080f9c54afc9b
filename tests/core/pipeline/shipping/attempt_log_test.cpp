#include "pipeline/shipping/attempt_log.hpp"

#include "support/manual_clock.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace kustodrop;
using namespace kustodrop::pipeline;

namespace {

struct written {
    explicit written(log_level threshold = log_level::info)
        : log(time, threshold, log_format::text, [this](std::string_view line) {
              lines.emplace_back(line);
          }) {}

    test::manual_clock time;
    std::vector<std::string> lines;
    logger log;
    attempt_log attempts{log, time};
    spool::source what = one_source();
    failure unwell{errc::timeout, remedy::reroute, "no answer"};

    static spool::source one_source() {
        spool::source out;
        out.id = "5d608b78-2235-4885-911e-b16a84388a85";
        out.watch = "web";
        out.slices.push_back({"a.csv", "a.csv", 0, 10, {}});
        return out;
    }
    bool last_contains(std::string_view text) const {
        return !lines.empty() && lines.back().find(text) != std::string::npos;
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(attempt_log_)

BOOST_AUTO_TEST_CASE(a_failure_that_lasts_has_one_line_when_it_begins) {
    written log;
    for (int i = 0; i < 5; ++i) {
        log.attempts.request_ended(log.what.id, "account1", "upload", log.unwell);
        log.attempts.failed(log.what, log.unwell);
    }
    BOOST_TEST(log.lines.size() == 1u);
    BOOST_TEST(log.last_contains("attempts fail; they are repeated"));
    BOOST_TEST(log.last_contains("upload account1"));
}

BOOST_AUTO_TEST_CASE(a_failure_that_lasts_has_a_line_a_minute) {
    written log;
    log.attempts.failed(log.what, log.unwell);
    log.time.advance(61s);
    log.attempts.failed(log.what, log.unwell);
    BOOST_TEST(log.lines.size() == 2u);
    BOOST_TEST(log.last_contains("attempts still fail"));
    BOOST_TEST(log.last_contains("attempts=2"));
}

BOOST_AUTO_TEST_CASE(a_failure_without_a_request_is_the_watch_s) {
    written log;
    log.attempts.failed(log.what, log.unwell);
    BOOST_TEST(log.last_contains("watch web"));
}

BOOST_AUTO_TEST_CASE(the_end_of_a_failure_has_a_line) {
    written log;
    log.attempts.request_ended(log.what.id, "account1", "upload", log.unwell);
    log.attempts.failed(log.what, log.unwell);
    log.time.advance(10min);
    log.attempts.request_ended(log.what.id, "account1", "upload", result<void>());
    log.attempts.report_ended();
    BOOST_TEST(log.lines.size() == 2u);
    BOOST_TEST(log.last_contains("attempts succeed again"));
}

BOOST_AUTO_TEST_CASE(another_account_is_another_failure) {
    written log;
    for (auto account : {"account1", "account2"}) {
        log.attempts.request_ended(log.what.id, account, "upload", log.unwell);
        log.attempts.failed(log.what, log.unwell);
    }
    BOOST_TEST(log.lines.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_failure_for_good_has_no_line_of_its_own) {
    written log;
    log.attempts.ended(log.what, log.unwell);
    BOOST_TEST(log.lines.empty());
}

BOOST_AUTO_TEST_CASE(a_claimed_file_that_cannot_be_read_is_known_until_it_can) {
    written log;
    failure denied{
        errc::file_unreadable, remedy::reconfigure, "cannot open a.csv", {}, false, "", "ask"};
    log.attempts.failed(log.what, denied);
    auto said = log.attempts.unread("web");
    BOOST_REQUIRE(said.has_value());
    BOOST_TEST(said->code == "read_refused");
    BOOST_TEST(said->files == 1u);
    BOOST_TEST(said->example == "a.csv");
    BOOST_TEST(said->detail == "cannot open a.csv; ask");
    BOOST_TEST(!log.attempts.unread("app").has_value());
    log.attempts.failed(log.what, log.unwell);
    BOOST_TEST(!log.attempts.unread("web").has_value());
    log.attempts.failed(log.what, {errc::read_error, remedy::retry, "input/output error"});
    BOOST_TEST(log.attempts.unread("web").has_value());
    log.attempts.succeeded(log.what);
    BOOST_TEST(!log.attempts.unread("web").has_value());
}

BOOST_AUTO_TEST_CASE(of_files_that_share_a_blob_the_unreadable_one_is_named) {
    written log;
    auto joined = log.what;
    joined.slices.push_back({"b.csv", "b.csv", 0, 10, {}});
    failure denied{errc::file_unreadable, remedy::reconfigure, "denied"};
    log.attempts.failed(joined, denied, 1);
    BOOST_TEST(log.attempts.unread("web")->example == "b.csv");
    BOOST_TEST(log.last_contains("b.csv"));
    auto other = log.what;
    other.id = "another";
    log.attempts.failed(other, denied, 7);
    BOOST_TEST(log.attempts.unread("web")->files == 2u);
    log.attempts.ended(joined, denied);
    BOOST_TEST(log.attempts.unread("web")->example == "a.csv");
}

BOOST_AUTO_TEST_CASE(every_attempt_has_a_line_at_level_debug) {
    written log(log_level::debug);
    log.attempts.failed(log.what, log.unwell);
    log.attempts.ended(log.what, log.unwell);
    BOOST_TEST(log.lines.size() == 3u);  // The first has the warning as well.
    BOOST_TEST(log.last_contains("attempt failed"));
}

BOOST_AUTO_TEST_SUITE_END()
