#include "spool/following/keeping/positions.hpp"

#include "support/temp_folder.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::spool;

namespace {

log_record a_log(std::uint64_t number) {
    log_record log;
    log.number = number;
    log.id = "an-id";
    log.name = "sub/a log\n\xff.log";
    log.family = "sub/a log.log";
    log.inode = UINT64_MAX;
    log.born_ns = -5;
    log.handle = std::string("\0\1 =", 4);
    log.compressed = true;
    log.life = 2;
    log.phase = "followed";
    log.copy_of = 7;
    log.carried = true;
    log.position = 100;
    log.size_seen = 200;
    log.evidence = "w 1 2 3 a 4 5 6";
    return log;
}

log_state a_state() {
    log_state log;
    log.position = 300;
    log.anchors = {{100, 10, 1}, {200, 10, 2}, {300, 10, 3}};
    return log;
}

struct kept {
    test::temp_folder files;
    kept_positions positions{"/var/log/app", {a_log(1), a_log(2)}};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(positions_, kept)

BOOST_AUTO_TEST_CASE(what_is_written_is_read_again) {
    BOOST_TEST_REQUIRE(positions_of(text_of(positions)).has_value());
    BOOST_TEST((positions_of(text_of(positions)) == positions));
    kept_positions none{"/a folder", {}};
    BOOST_TEST((positions_of(text_of(none)) == none));
}

BOOST_AUTO_TEST_CASE(a_part_of_it_is_nothing) {
    auto text = text_of(positions);
    for (std::size_t length = 0; length < text.size(); ++length) {
        BOOST_TEST(!positions_of(text.substr(0, length)).has_value());
    }
    BOOST_TEST(!positions_of(text + "\n").has_value());
    BOOST_TEST(!positions_of("kustodrop positions 2" + text.substr(21)).has_value());
}

BOOST_AUTO_TEST_CASE(a_log_is_set_back_to_the_last_anchor_of_what_has_an_outcome) {
    BOOST_TEST(set_back(a_state(), 300).position == 300u);
    BOOST_TEST(set_back(a_state(), 250).position == 200u);
    BOOST_TEST(set_back(a_state(), 250).anchors.size() == 2u);
    BOOST_TEST(set_back(a_state(), 200).position == 200u);
    BOOST_TEST(set_back(a_state(), 99).position == 0u);
    BOOST_TEST(set_back(a_state(), 99).anchors.empty());
}

BOOST_AUTO_TEST_CASE(they_are_written_whole) {
    auto folder = files.path("follow/app");
    BOOST_TEST(!read_positions(folder).has_value());
    BOOST_TEST_REQUIRE(write_positions(folder, positions).has_value());
    BOOST_TEST((read_positions(folder) == positions));
    positions.logs.pop_back();
    BOOST_TEST_REQUIRE(write_positions(folder, positions).has_value());
    BOOST_TEST((read_positions(folder) == positions));
}

BOOST_AUTO_TEST_CASE(a_watch_with_another_name_finds_its_own) {
    BOOST_TEST_REQUIRE(write_positions(files.path("follow/former"), positions).has_value());
    adopt_follow_folder(files.path(), "app", "/var/log/app");
    BOOST_TEST((read_positions(files.path("follow/app")) == positions));
    BOOST_TEST(!read_positions(files.path("follow/former")).has_value());
}

BOOST_AUTO_TEST_CASE(watches_that_exchanged_their_names_do_too) {
    auto other = positions;
    other.path = "/var/log/other";
    BOOST_TEST_REQUIRE(write_positions(files.path("follow/a"), positions).has_value());
    BOOST_TEST_REQUIRE(write_positions(files.path("follow/b"), other).has_value());
    adopt_follow_folder(files.path(), "b", "/var/log/app");
    adopt_follow_folder(files.path(), "a", "/var/log/other");
    BOOST_TEST((read_positions(files.path("follow/b")) == positions));
    BOOST_TEST((read_positions(files.path("follow/a")) == other));
}

BOOST_AUTO_TEST_CASE(a_folder_that_no_watch_had_takes_nothing) {
    BOOST_TEST_REQUIRE(write_positions(files.path("follow/app"), positions).has_value());
    adopt_follow_folder(files.path(), "app", "/var/log/moved");
    BOOST_TEST((read_positions(files.path("follow/app")) == positions));
    adopt_follow_folder(files.path("absent"), "app", "/var/log/app");
}

BOOST_AUTO_TEST_SUITE_END()
