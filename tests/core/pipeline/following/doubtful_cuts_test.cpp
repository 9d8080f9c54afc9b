// Cuts whose bytes can no longer be read when they are to be uploaded again.
#include "core/pipeline/following/follower_fixture.hpp"

#include <filesystem>
#include <variant>

using namespace kustodrop;
using test::following;
using test::texts;

BOOST_FIXTURE_TEST_SUITE(doubtful_cuts_, following)

BOOST_AUTO_TEST_CASE(what_cannot_be_read_again_waits_where_a_post_of_it_may_be_reported) {
    append("app.log", "1,a\n");
    begin();
    wait();
    auto& what = *claimed().front();
    what.posts = 1;
    std::filesystem::resize_file(files.path("app.log"), 0);
    follows->look_again(what);
    wait(7);
    BOOST_TEST(routed.settled_ids.empty());
    BOOST_TEST((routed.posted_ids == texts{what.id}));
    BOOST_TEST(std::holds_alternative<spool::stage::posted>(what.stage));
}

BOOST_AUTO_TEST_CASE(of_several_logs_what_can_be_read_keeps_the_id_of_the_post) {
    append("a.log", "1,a\n");
    append("b.log", "2,b\n");
    begin();
    wait();
    auto& what = *claimed().front();
    auto id = what.id;
    what.posts = what.ambiguous_posts = 1;
    auto waiting = ready.size();
    std::filesystem::resize_file(files.path("b.log"), 0);
    follows->look_again(what);
    wait(7);
    BOOST_TEST(routed.settled_ids.empty());
    auto* left = sources->find(id);
    BOOST_TEST_REQUIRE(left != nullptr);
    BOOST_TEST(std::holds_alternative<spool::stage::claimed>(left->stage));
    BOOST_TEST(left->slices.size() == 1u);
    BOOST_TEST(left->slices.front().name == "a.log");
    BOOST_TEST(left->posts == 1u);
    BOOST_TEST(ready.size() == waiting + 1);
    // The post may have delivered it.
    BOOST_TEST_REQUIRE(routed.posted_ids.size() == 1u);
    auto* lost = sources->find(routed.posted_ids.front());
    BOOST_TEST_REQUIRE(lost != nullptr);
    BOOST_TEST(lost->slices.front().name == "b.log");
    BOOST_TEST(lost->slices.front().location.empty());
    BOOST_TEST(lost->ambiguous_posts == 1u);
    BOOST_TEST(std::holds_alternative<spool::stage::posted>(lost->stage));
}

BOOST_AUTO_TEST_CASE(of_several_logs_what_cannot_be_read_is_lost_where_every_post_has_failed) {
    append("a.log", "1,a\n");
    append("b.log", "2,b\n");
    begin();
    wait();
    auto& what = *claimed().front();
    what.posts = 1;
    what.failure_keys = {"0123456789abcdef"};
    std::filesystem::resize_file(files.path("b.log"), 0);
    follows->look_again(what);
    wait(7);
    BOOST_TEST(routed.posted_ids.empty());
    BOOST_TEST_REQUIRE(routed.settled_ids.size() == 1u);
    auto* lost = sources->find(routed.settled_ids.front());
    BOOST_TEST_REQUIRE(lost != nullptr);
    BOOST_TEST(lost->slices.front().name == "b.log");
    BOOST_TEST(spool::outcome_of(lost->stage)->code == "truncated_unread");
}

BOOST_AUTO_TEST_CASE(several_logs_of_which_nothing_can_be_read_wait_for_their_report) {
    append("a.log", "1,a\n");
    append("b.log", "2,b\n");
    begin();
    wait();
    auto& what = *claimed().front();
    what.posts = 1;
    for (auto name : {"a.log", "b.log"}) std::filesystem::resize_file(files.path(name), 0);
    follows->look_again(what);
    wait(7);
    BOOST_TEST(routed.settled_ids.empty());
    BOOST_TEST((routed.posted_ids == texts{what.id}));
}

BOOST_AUTO_TEST_SUITE_END()
