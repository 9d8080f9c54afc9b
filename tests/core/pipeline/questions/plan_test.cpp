#include "pipeline/questions/plan.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::pipeline;

static spool::sighting file(std::string name, std::uint64_t bytes = 10, std::int64_t age = 0) {
    spool::sighting seen;
    seen.name = std::move(name);
    seen.kind = spool::file_kind::regular;
    seen.links = 1;
    seen.readable = true;
    seen.identity.size_bytes = bytes;
    seen.identity.modified_ns = 1'000'000 - age;
    seen.identity.changed_ns = seen.identity.modified_ns;
    return seen;
}

static plan_facts with(std::vector<spool::sighting> files) {
    plan_facts facts;
    facts.watch.name = "web";
    facts.watch.target.database = "D";
    facts.watch.target.table = "T";
    facts.watch.include = {"*"};
    facts.files = std::move(files);
    return facts;
}

BOOST_AUTO_TEST_SUITE(plan_)

BOOST_AUTO_TEST_CASE(what_was_shipped_and_stays_is_not_shipped_again) {
    auto facts = with({file("done"), file("new")});
    facts.dealt_with["done"] = "shipped at 10:00, and unchanged since";
    auto made = plan(facts);
    BOOST_TEST_REQUIRE(made.sources.size() == 1u);
    BOOST_TEST(made.sources[0].files[0].name == "new");
    BOOST_TEST_REQUIRE(made.left.size() == 1u);
    BOOST_TEST(made.left[0].why_not == "shipped at 10:00, and unchanged since");
}

BOOST_AUTO_TEST_CASE(each_file_is_a_blob_of_its_own_the_oldest_first) {
    auto made = plan(with({file("new"), file("old", 5, 100)}));
    BOOST_TEST(made.target == "D.T");
    BOOST_TEST_REQUIRE(made.sources.size() == 2u);
    BOOST_TEST(made.sources[0].files[0].name == "old");
    BOOST_TEST(made.sources[0].size_bytes == 5u);
    BOOST_TEST(made.left.empty());
}

BOOST_AUTO_TEST_CASE(small_files_are_grouped_up_to_both_limits) {
    auto facts = with({file("a", 4), file("b", 4), file("c", 4), file("d", 1)});
    facts.watch.target.format = kusto::data_format::csv;
    facts.watch.coalesce.max_files = 3;
    facts.watch.coalesce.max_bytes = 8;
    auto made = plan(facts);
    BOOST_TEST_REQUIRE(made.sources.size() == 2u);
    BOOST_TEST(made.sources[0].files.size() == 2u);
    BOOST_TEST(made.sources[1].files.size() == 2u);
    facts.watch.coalesce.max_bytes = 100;
    made = plan(facts);
    BOOST_TEST(made.sources[0].files.size() == 3u);
}

BOOST_AUTO_TEST_CASE(what_stays_says_why) {
    auto link = file("link");
    link.kind = spool::file_kind::symlink;
    auto twin = file("twin");
    twin.links = 2;
    auto locked = file("locked");
    locked.readable = false;
    auto folder = file("folder");
    folder.kind = spool::file_kind::folder;
    auto facts = with({link, twin, locked, folder, file("a.tmp")});
    auto made = plan(facts);
    BOOST_TEST(made.sources.empty());
    BOOST_TEST_REQUIRE(made.left.size() == 4u);
    BOOST_TEST(made.left[0].why_not == "it is a symbolic link, not a file");
    BOOST_TEST(made.left[1].why_not == "other names lead to the same file");
    BOOST_TEST(made.left[2].why_not == "this user may not read it");
    BOOST_TEST(!made.left[3].why_not.empty());
}

BOOST_AUTO_TEST_CASE(files_of_more_than_a_thousand_targets_stay) {
    std::vector<spool::sighting> files;
    for (int i = 0; i <= 1000; ++i) files.push_back(file("t" + std::to_string(i) + "/a"));
    auto facts = with(std::move(files));
    facts.watch.recursive = true;
    facts.watch.target.table = "{t}";
    facts.watch.route = {"{t}/**", {{"t", {"*"}}}};
    auto made = plan(facts);
    BOOST_TEST(made.sources.size() == 1000u);
    BOOST_TEST_REQUIRE(made.left.size() == 1u);
    BOOST_TEST(made.left[0].why_not.starts_with("route leads to more than 1000 targets"));
    // What the daemon has met counts, in whichever order the files are now.
    facts.met_targets = {"/D/t1000//", "/D/gone//"};
    made = plan(facts);
    BOOST_TEST_REQUIRE(made.left.size() == 2u);
    BOOST_TEST(made.left[0].name == "t998/a");
}

BOOST_AUTO_TEST_CASE(a_file_needs_a_marker_that_is_not_older) {
    auto facts = with({file("a"), file("a.ok"), file("b"), file("c", 1, 0), file("c.ok", 0, 500)});
    facts.watch.done_marker = ".ok";
    auto made = plan(facts);
    BOOST_TEST_REQUIRE(made.sources.size() == 1u);
    BOOST_TEST(made.sources[0].files[0].name == "a");
    BOOST_TEST_REQUIRE(made.left.size() == 2u);
}

BOOST_AUTO_TEST_SUITE_END()
