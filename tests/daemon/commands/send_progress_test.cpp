#include "daemon/commands/sending/send_progress.hpp"

#include "support/manual_clock.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using daemon::closing_line;
using daemon::progress_line;
using daemon::send_state;

BOOST_AUTO_TEST_SUITE(send_progress_)

BOOST_AUTO_TEST_CASE(shows_files_bytes_rate_and_what_is_left) {
    send_state state{12, 3, 0, 8u << 20u, 2u << 20u};
    BOOST_TEST(
        progress_line(state, 1 << 20, false, 120) ==
        "[######..................]  3/12 files  2.0 MiB of 8.0 MiB  1.0 MiB/s  6.0s left"
    );
}

BOOST_AUTO_TEST_CASE(says_no_time_while_nothing_moves) {
    send_state state{2, 0, 0, 100, 0};
    auto line = progress_line(state, 0, false, 120);
    BOOST_TEST(line.find("left") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(is_full_when_all_is_sent) {
    send_state state{2, 2, 0, 100, 100};
    BOOST_TEST(
        progress_line(state, 50, false, 120) ==
        "[########################]  2/2 files  100 B of 100 B"
    );
}

BOOST_AUTO_TEST_CASE(then_waits_for_the_notifications) {
    send_state state{4, 4, 1, 100, 100};
    BOOST_TEST(
        progress_line(state, 0, true, 120) ==
        "[######..................]  1/4 files settled  waiting for outcomes"
    );
}

BOOST_AUTO_TEST_CASE(shows_what_fits) {
    send_state state{12, 3, 0, 8u << 20u, 2u << 20u};
    for (std::size_t columns : {10u, 30u, 40u, 60u, 79u}) {
        BOOST_TEST(progress_line(state, 1 << 20, false, columns).size() <= columns);
    }
    BOOST_TEST(progress_line(state, 1 << 20, false, 12) == "3/12 files");
}

BOOST_AUTO_TEST_CASE(files_of_no_bytes_count_too) {
    send_state state{2, 1, 0, 0, 0};
    BOOST_TEST(progress_line(state, 0, false, 120).starts_with("[############............]"));
}

BOOST_AUTO_TEST_CASE(a_trouble_is_said_once_with_what_to_do) {
    failure refused{service_code("AuthorizationFailure"), remedy::retry, "no upload succeeds"};
    BOOST_TEST(
        daemon::trouble_line(refused) ==
        "trouble: AuthorizationFailure: no upload succeeds; run kustodrop check, which tests every "
        "step; it is tried again"
    );
    refused.hint = "open the firewall";
    BOOST_TEST(
        daemon::trouble_line(refused) ==
        "trouble: AuthorizationFailure: no upload succeeds; open the firewall; it is tried again"
    );
    daemon::known_troubles known;
    BOOST_TEST(known.is_news(refused));
    BOOST_TEST(!known.is_news(refused));
    BOOST_TEST(known.is_news({errc::timeout, remedy::retry, "no answer"}));
}

namespace {

spool::source a_source(spool::any_stage at) {
    spool::source out;
    out.id = "11111111-aaaa-4bbb-8ccc-000000000001";
    out.slices.push_back({"srv/a", "srv/a", 0, 100, {}});
    out.stage = std::move(at);
    return out;
}

}  // namespace

BOOST_AUTO_TEST_CASE(only_what_storage_has_accepted_counts_as_sent) {
    daemon::send_report report(true);
    auto what = a_source(spool::stage::claimed{});
    report.note(what);
    BOOST_TEST(report.state().bytes_sent == 0u);
    report.note_accepted(what.id, 40);
    BOOST_TEST(report.state().bytes_sent == 40u);
    report.note_accepted(what.id, 500);
    BOOST_TEST(report.state().bytes_sent == 100u);
}

BOOST_AUTO_TEST_CASE(a_file_that_does_not_get_through_says_why) {
    daemon::send_report report(true);
    failure refused{service_code("AuthorizationFailure"), remedy::retry, "no upload succeeds"};
    report.note(a_source(spool::stage::claimed{}));
    report.note_trouble(refused);
    BOOST_TEST(report.files().at("/srv/a").code == "AuthorizationFailure");
    BOOST_TEST(report.files().at("/srv/a").details == "no upload succeeds");
    report.note_trouble(std::nullopt);
    BOOST_TEST(report.files().at("/srv/a").code.empty());
    report.note(a_source(spool::stage::posted{}));
    report.note_trouble(refused);
    BOOST_TEST(report.files().at("/srv/a").code.empty());
}

BOOST_AUTO_TEST_CASE(what_the_service_has_was_sent) {
    daemon::send_report report(true);
    BOOST_TEST(report.all_sent());
    report.note(a_source(spool::stage::claimed{}));
    BOOST_TEST(!report.all_sent());
    report.note(a_source(spool::stage::posted{}));
    BOOST_TEST(report.all_sent());
    BOOST_TEST(!report.all_final());
}

BOOST_AUTO_TEST_CASE(a_failure_names_what_can_be_done) {
    failure refused{service_code("X"), remedy::retry, "no upload succeeds."};
    BOOST_TEST(
        daemon::trouble_line(refused) ==
        "trouble: X: no upload succeeds; run kustodrop check, which tests every step; it is "
        "tried again"
    );
    refused.hint = "open the firewall.";
    BOOST_TEST(
        daemon::trouble_line(refused) ==
        "trouble: X: no upload succeeds; open the firewall; it is tried again"
    );
}

BOOST_AUTO_TEST_CASE(a_rate_is_that_of_the_last_seconds) {
    test::manual_clock clock;
    daemon::rate_meter rate;
    BOOST_TEST(rate.per_second() == 0);
    for (int second = 0; second <= 60; ++second) {
        rate.note(clock.now(), second < 40 ? 0 : static_cast<std::uint64_t>(second - 40) * 100);
        clock.advance(1s);
    }
    BOOST_TEST(rate.per_second() == 100, boost::test_tools::tolerance(0.01));
}

BOOST_AUTO_TEST_CASE(the_last_line_counts_the_outcomes) {
    std::map<std::string, daemon::sent_file> report{
        {"/a", {"/a", "1", "succeeded", "", ""}},
        {"/b", {"/b", "2", "failed", "BadData", "no row"}},
        {"/c", {"/c", "3", "succeeded", "", ""}}};
    BOOST_TEST(closing_line(report, 2048, 3s) == "3 files: 1 failed, 2 succeeded; 2.0 KiB in 3.0s");
    BOOST_TEST(closing_line({}, 0, 1s) == "0 files: nothing to send; 0 B in 1.0s");
}

BOOST_AUTO_TEST_SUITE_END()
