#include "pipeline/watch/watch_table.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::pipeline;

static target table(const std::string& name) {
    target out;
    out.database = "D";
    out.table = name;
    return out;
}

BOOST_AUTO_TEST_SUITE(watch_table_)

BOOST_AUTO_TEST_CASE(a_post_that_may_have_been_taken_is_repeated_to_its_table) {
    watch from({});
    from.options.target = table("New");
    from.former_targets.replace(table("Old"), wall_time{} + 5s);
    BOOST_TEST((from.former_targets.since() == wall_time{} + 5s));
    spool::source what;
    what.target = "D.Old";
    BOOST_TEST(from.target_for(what)->table == "New");
    what.ambiguous_posts = 1;
    BOOST_TEST(from.target_for(what)->table == "Old");
    what.target = "D.Forgotten";
    BOOST_TEST(from.target_for(what)->table == "New");
}

BOOST_AUTO_TEST_CASE(a_watch_is_found_by_its_name_and_keeps_its_place) {
    watch_table all;
    watch_options options;
    options.name = "web";
    auto& web = all.add(options);
    options.name = "app";
    all.add(options);
    BOOST_TEST(all.find("web") == &web);
    BOOST_TEST(all.find("none") == nullptr);
    BOOST_TEST(all.begin()->first == "app");
}

BOOST_AUTO_TEST_SUITE_END()
