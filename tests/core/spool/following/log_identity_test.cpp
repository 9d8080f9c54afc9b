#include "spool/following/log_identity.hpp"

#include "base/random.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

using namespace kustodrop;
using namespace kustodrop::spool;

BOOST_AUTO_TEST_SUITE(log_identity_)

BOOST_AUTO_TEST_CASE(a_file_is_known_by_inode_birth_and_handle) {
    log_file one{7, 100, "h1"};
    BOOST_TEST(one.same_file({7, 100, "h1"}));
    BOOST_TEST(!one.same_file({8, 100, "h1"}));
    BOOST_TEST(!one.same_file({7, 101, "h1"}));
    BOOST_TEST(!one.same_file({7, 100, "h2"}));
}

BOOST_AUTO_TEST_CASE(what_a_file_system_does_not_have_is_not_compared) {
    log_file one{7, 100, "h1"};
    BOOST_TEST(one.same_file({7, 0, "h1"}));
    BOOST_TEST(one.same_file({7, 100, ""}));
    BOOST_TEST(one.same_file({7, 0, ""}));
    BOOST_TEST(!one.same_file({7, 0, "h2"}));
}

BOOST_AUTO_TEST_CASE(an_id_is_a_guid_of_version_8_and_always_the_same) {
    log_id_parts parts{"app", 5, {7, 100, "h1"}, {10, 10, 99}, 0};
    auto id = make_log_id(parts);
    BOOST_TEST(is_guid(id));
    BOOST_TEST(id[14] == '8');
    BOOST_TEST(std::string("89ab").find(id[19]) != std::string::npos);
    BOOST_TEST(make_log_id(parts) == id);
    parts.file.handle = "unlike a birth time, not everywhere";
    BOOST_TEST(make_log_id(parts) == id);
}

BOOST_AUTO_TEST_CASE(each_part_makes_another_id) {
    log_id_parts parts{"app", 5, {7, 100, ""}, {10, 10, 99}, 0};
    std::set<std::string> ids{make_log_id(parts)};
    auto with = [&](auto alter) {
        auto other = parts;
        alter(other);
        ids.insert(make_log_id(other));
    };
    with([](auto& p) { p.watch = "web"; });
    with([](auto& p) { p.file_system = 6; });
    with([](auto& p) { p.file.inode = 8; });
    with([](auto& p) { p.file.born_ns = 101; });
    with([](auto& p) { p.head.hash = 98; });
    with([](auto& p) { p.head.length = 11; });
    with([](auto& p) { p.life = 1; });
    BOOST_TEST(ids.size() == 8u);
}

BOOST_AUTO_TEST_CASE(older_anchors_thin_out_and_the_recent_ones_stay) {
    std::vector<content_mark> anchors;
    for (std::uint64_t end = 1; end <= 1000; ++end) {
        remember_anchor(anchors, {end, 1, end});
        BOOST_TEST(anchors.size() <= 12u);
        BOOST_TEST(anchors.back().end == end);
        auto recent = std::min<std::size_t>(anchors.size(), 6);
        BOOST_TEST(anchors[anchors.size() - recent].end == end - recent + 1);
    }
    BOOST_TEST(anchors.front().end == 1u);
    BOOST_TEST(anchors[1].end - anchors[0].end > anchors[5].end - anchors[4].end);
}

BOOST_AUTO_TEST_CASE(an_anchor_at_the_same_position_takes_the_place_of_the_last) {
    std::vector<content_mark> anchors;
    remember_anchor(anchors, {5, 5, 1});
    remember_anchor(anchors, {5, 5, 2});
    BOOST_TEST(anchors.size() == 1u);
    BOOST_TEST(anchors[0].hash == 2u);
}

BOOST_AUTO_TEST_CASE(a_hash_is_the_beginning_of_sha_256) {
    BOOST_TEST(content_hash("abc") == 0xba7816bf8f01cfeaU);
}

BOOST_AUTO_TEST_SUITE_END()
