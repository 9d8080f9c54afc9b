// One daemon follows a folder at a time.
#include "spool/following/looking/follower_lock.hpp"

#include "support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>

using namespace kustodrop;
using namespace kustodrop::spool;

namespace {

struct locking {
    test::temp_folder place;
    drop_folder folder = drop_folder::open(place.path()).value();
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(follower_lock_, locking)

BOOST_AUTO_TEST_CASE(a_second_follower_is_kept_out_until_the_first_goes) {
    auto other = drop_folder::open(place.path()).value();
    {
        auto first = follower_lock::take(folder);
        BOOST_TEST_REQUIRE(first.has_value());
        BOOST_TEST(first->is_held());
        auto second = follower_lock::take(other);
        BOOST_TEST_REQUIRE(second.has_error());
        BOOST_TEST(second.error().code == errc::folder_locked);
    }
    BOOST_TEST(follower_lock::take(other).has_value());
}

BOOST_AUTO_TEST_CASE(nothing_is_written_into_the_folder) {
    auto lock = follower_lock::take(folder);
    BOOST_TEST(std::filesystem::is_empty(place.path()));
}

BOOST_AUTO_TEST_SUITE_END()
