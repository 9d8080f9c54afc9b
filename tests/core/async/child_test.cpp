#include "async/child.hpp"

#include "async/clock.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>

using namespace kustodrop;

static result<child_output> run(const std::vector<std::string>& command, child_limits limits = {}) {
    real_clock clock;
    return run_child(command, clock, limits);
}

BOOST_AUTO_TEST_SUITE(child_)

BOOST_AUTO_TEST_CASE(gives_back_what_was_printed_and_how_it_ended) {
    auto ended = run({"sh", "-c", "echo out; echo err >&2; exit 3"});
    BOOST_TEST_REQUIRE(ended.has_value());
    BOOST_TEST(ended->out == "out\n");
    BOOST_TEST(ended->err == "err\n");
    BOOST_TEST(ended->status == 3);
}

BOOST_AUTO_TEST_CASE(passes_arguments_without_a_shell) {
    auto ended = run({"printf", "%s|", "a b", "$HOME", "; exit 1"});
    BOOST_TEST(ended->out == "a b|$HOME|; exit 1|");
}

BOOST_AUTO_TEST_CASE(gives_no_input) { BOOST_TEST(run({"cat"})->out == ""); }

BOOST_AUTO_TEST_CASE(reports_a_signal_as_a_shell_does) {
    BOOST_TEST(run({"sh", "-c", "kill -9 $$"})->status == 137);
}

BOOST_AUTO_TEST_CASE(keeps_no_more_than_it_may_and_reads_the_rest) {
    child_limits limits;
    limits.output_bytes = 1000;
    auto ended = run({"sh", "-c", "head -c 300000 /dev/zero; echo done >&2"}, limits);
    BOOST_TEST(ended->out.size() == 1000u);
    BOOST_TEST(ended->err == "done\n");
}

BOOST_AUTO_TEST_CASE(a_program_that_is_not_there_is_reported) {
    BOOST_TEST(run({"no-such-program-anywhere"}).error().code == errc::not_found);
    BOOST_TEST(run({"/dev/null"}).error().code == errc::cannot_start);
}

BOOST_AUTO_TEST_CASE(ends_the_whole_family_when_the_time_is_up) {
    child_limits limits;
    limits.time = 200ms;
    // The grandchild holds the pipe; only its end lets this return long before a minute is over.
    auto ended = run({"sh", "-c", "sleep 60 & wait"}, limits);
    BOOST_TEST(ended.error().code == errc::timeout);
}

BOOST_AUTO_TEST_SUITE_END()
