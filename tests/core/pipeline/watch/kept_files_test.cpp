#include "pipeline/watch/kept_files.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::pipeline;

static spool::file_identity identity(std::uint64_t inode) { return {1, inode, 10, 20, 30}; }

BOOST_AUTO_TEST_SUITE(kept_files_)

BOOST_AUTO_TEST_CASE(a_kept_file_is_known_by_its_name_until_it_is_forgotten) {
    kept_files subject;
    BOOST_TEST(subject.empty());
    BOOST_TEST(subject.find("a") == nullptr);
    subject.load("a", identity(1));
    subject.keep("b", identity(2));
    BOOST_TEST((*subject.find("a") == identity(1)));
    BOOST_TEST(subject.contains("b"));
    subject.forget("b");
    subject.forget("never kept");
    BOOST_TEST(!subject.contains("b"));
    BOOST_TEST(!subject.empty());
}

BOOST_AUTO_TEST_CASE(a_file_that_a_scan_did_not_find_is_forgotten) {
    kept_files subject;
    subject.load("a", identity(1));
    subject.load("b", identity(2));
    subject.begin_scan();
    std::vector<std::string> absent{"b"};
    BOOST_TEST(subject.forget_absent({"a"}) == absent, boost::test_tools::per_element());
    BOOST_TEST(subject.contains("a"));
    BOOST_TEST(!subject.contains("b"));
}

BOOST_AUTO_TEST_CASE(a_file_that_was_kept_during_a_scan_may_be_missing_in_it) {
    kept_files subject;
    subject.begin_scan();
    subject.keep("a", identity(1));
    BOOST_TEST(subject.forget_absent({}).empty());
    subject.begin_scan();
    BOOST_TEST(subject.forget_absent({}).size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_file_in_flight_is_not_a_kept_one) {
    kept_files subject;
    subject.begin("a");
    subject.begin("b");
    BOOST_TEST(subject.is_in_flight("a"));
    BOOST_TEST(!subject.contains("a"));
    subject.end("a");
    subject.end("never begun");
    BOOST_TEST(!subject.is_in_flight("a"));
    subject.end_all();
    BOOST_TEST(!subject.is_in_flight("b"));
}

BOOST_AUTO_TEST_SUITE_END()
