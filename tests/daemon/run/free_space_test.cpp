#include "daemon/run/free_space.hpp"

#include <boost/test/unit_test.hpp>
#include <sys/statvfs.h>

using namespace kustodrop::daemon;

namespace {

struct ::statvfs roomy() {
    struct ::statvfs facts = {};
    facts.f_frsize = 4096;
    facts.f_bfree = facts.f_bavail = 1000;
    facts.f_files = 100;
    facts.f_ffree = facts.f_favail = 50;
    return facts;
}

std::string said(const struct ::statvfs& facts, bool is_root = false) {
    return unwritable_because(facts, is_root).value_or("");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(free_space_)

BOOST_AUTO_TEST_CASE(a_file_system_with_room_is_writable) {
    BOOST_TEST(said(roomy()).empty());
    auto without_inodes = roomy();
    without_inodes.f_files = without_inodes.f_ffree = without_inodes.f_favail = 0;
    BOOST_TEST(said(without_inodes).empty());
}

BOOST_AUTO_TEST_CASE(what_is_kept_for_root_counts_for_root_only) {
    auto facts = roomy();
    facts.f_bavail = 0;
    BOOST_TEST(said(facts).find("full") != std::string::npos);
    BOOST_TEST(said(facts, true).empty());
    facts.f_bfree = 15;
    BOOST_TEST(said(facts, true).find("full") != std::string::npos);
    facts = roomy();
    facts.f_favail = 0;
    BOOST_TEST(said(facts).find("no inode") != std::string::npos);
    BOOST_TEST(said(facts, true).empty());
}

BOOST_AUTO_TEST_CASE(a_read_only_file_system_is_not_writable) {
    auto facts = roomy();
    facts.f_flag = ST_RDONLY;
    BOOST_TEST(said(facts, true).find("read-only") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_directory_that_is_not_there_is_named_so) {
    BOOST_TEST(unwritable_because("/nowhere/at/all").value() == "No such file or directory");
    BOOST_TEST(!unwritable_because("/"));
}

BOOST_AUTO_TEST_SUITE_END()
