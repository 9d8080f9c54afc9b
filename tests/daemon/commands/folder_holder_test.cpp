#include "daemon/commands/checking/folder_holder.hpp"

#include "support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <unistd.h>

using namespace kustodrop;

static spool::drop_folder opened(const test::temp_folder& files) {
    auto folder = spool::drop_folder::open(files.path());
    BOOST_REQUIRE(folder.has_value());
    return std::move(*folder);
}

BOOST_AUTO_TEST_SUITE(folder_holder_)

BOOST_AUTO_TEST_CASE(says_which_other_daemon_has_a_folder_and_takes_nothing) {
    test::temp_folder files;
    auto first = opened(files);
    BOOST_TEST(!daemon::other_holder(first, "/var/lib/second").has_value());
    BOOST_REQUIRE(first.prepare().has_value());
    BOOST_REQUIRE(first.lock("/var/lib/first").has_value());
    auto looking = opened(files);
    BOOST_TEST(!daemon::other_holder(looking, "/var/lib/first").has_value());
    auto other = daemon::other_holder(looking, "/var/lib/second");
    BOOST_REQUIRE(other.has_value());
    BOOST_TEST(other->starts_with("held by pid " + std::to_string(::getpid())));
}

BOOST_AUTO_TEST_CASE(both_who_ask_are_shown_all_of_a_long_path) {
    test::temp_folder files;
    auto first = opened(files);
    BOOST_REQUIRE(first.prepare().has_value());
    auto path = "/" + std::string(4000, 'd');
    BOOST_REQUIRE(first.lock(path).has_value());
    auto looking = opened(files);
    BOOST_TEST(!daemon::other_holder(looking, path).has_value());
    auto refused = looking.lock("/var/lib/second").error().message();
    auto other = daemon::other_holder(looking, "/var/lib/second");
    BOOST_REQUIRE(other.has_value());
    BOOST_TEST(other->ends_with("d"));
    BOOST_TEST(refused.find(*other) != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
