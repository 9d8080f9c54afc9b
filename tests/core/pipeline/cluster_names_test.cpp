#include "pipeline/cluster_names.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace kustodrop;
using namespace kustodrop::pipeline;
namespace stage = spool::stage;

static cluster_names two() {
    cluster_names out;
    out.add("west");
    out.add("east");
    return out;
}

static watch of_cluster(const std::string& name) {
    watch_options options;
    options.name = "web";
    options.cluster = name;
    return watch(std::move(options));
}

BOOST_AUTO_TEST_SUITE(cluster_names_)

BOOST_AUTO_TEST_CASE(a_source_that_was_never_posted_goes_where_its_watch_does) {
    auto from = of_cluster("east");
    spool::source what;
    BOOST_TEST(two().of(what, &from) == 1u);
    what.cluster = std::string("west");
    what.stage = stage::uploaded{};
    BOOST_TEST(two().of(what, &from) == 1u);
}

BOOST_AUTO_TEST_CASE(what_was_posted_or_may_have_been_stays_at_its_cluster) {
    auto from = of_cluster("east");
    spool::source what;
    what.cluster = std::string("west");
    what.stage = stage::posted{};
    BOOST_TEST(two().of(what, &from) == 0u);
    what.stage = stage::uploaded{};
    what.ambiguous_posts = 1;
    BOOST_TEST(two().of(what, &from) == 0u);
}

BOOST_AUTO_TEST_CASE(a_cluster_that_is_not_configured_any_more_keeps_nothing) {
    auto from = of_cluster("east");
    spool::source what;
    what.cluster = std::string("north");
    what.stage = stage::posted{};
    BOOST_TEST(two().of(what, &from) == 1u);
    BOOST_TEST(two().of(what, nullptr) == 0u);
}

BOOST_AUTO_TEST_CASE(the_only_one_has_all) {
    cluster_names one;
    one.add("");
    auto from = of_cluster("east");
    spool::source what;
    what.cluster = std::string("west");
    what.stage = stage::posted{};
    BOOST_TEST(one.of(what, &from) == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
