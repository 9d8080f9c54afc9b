#include "configuration.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::test;

// One watch, whose keys are given, from line 5 on.
static std::string with_keys(const std::string& keys) {
    auto text = std::string(whole_cluster) + std::string(whole_auth) + "watches:\n";
    return text + "  - {path: /srv/drop, format: csv, " + keys + "}\n";
}

static std::string problem_of(const std::string& keys) {
    auto loaded = load(with_keys(keys));
    if (loaded.problems.size() != 1U) return printed(loaded);
    auto& only = loaded.problems.front();
    return only.key + ": " + only.message;
}

static const std::string tenants = "route: \"{tenant}/{table}/**\", ";

BOOST_AUTO_TEST_SUITE(route_)

BOOST_AUTO_TEST_CASE(is_read_with_its_lists_and_makes_the_watch_recursive) {
    auto loaded = load(with_keys(
        tenants + "database: \"{tenant}\", table: Web, allow: {tenant: [contoso, \"fab-*\"]}"
    ));
    BOOST_TEST_REQUIRE(loaded.problems.empty(), printed(loaded));
    auto& watch = loaded.values.watches.at(0);
    BOOST_TEST(watch.route.pattern == "{tenant}/{table}/**");
    BOOST_TEST(watch.route.allow.at("tenant").size() == 2u);
    BOOST_TEST(watch.recursive);
    BOOST_TEST(watch.target.name() == "{tenant}.Web");
}

BOOST_AUTO_TEST_CASE(of_file_names_leaves_folders_below_alone) {
    auto loaded = load(with_keys(
        "route: \"{table}_*.csv\", database: D, table: \"{table}\", allow: {table: [\"*\"]}"
    ));
    BOOST_TEST_REQUIRE(loaded.problems.empty(), printed(loaded));
    BOOST_TEST(!loaded.values.watches.at(0).recursive);
}

BOOST_AUTO_TEST_CASE(needs_a_list_for_each_capture_that_is_used) {
    BOOST_TEST(
        problem_of(tenants + "database: D, table: \"{tenant}\"") ==
        "watches[0].table: has {tenant}, which has no allow-list; give allow: {tenant: [NAME, "
        "\"PATTERN*\"]}"
    );
    BOOST_TEST(
        problem_of(tenants + "database: D, table: T, tags: [\"a:{table}\"], allow: {tenant: [a]}")
            .starts_with("watches[0].tags: has {table}, which has no allow-list")
    );
}

BOOST_AUTO_TEST_CASE(knows_its_captures) {
    BOOST_TEST(
        problem_of(tenants + "database: D, table: \"{tenat}\", allow: {tenant: [a]}") ==
        "watches[0].table: has {tenat}, which route does not name; did you mean {tenant}? Use "
        "{tenant}, {table}"
    );
    BOOST_TEST(
        problem_of(
            tenants + "database: D, table: \"{table}\", allow: {table: [a], tennant: [b]}"
        ) ==
        "watches[0].allow: has a list for {tennant}, which route does not name; did you mean "
        "{tenant}? Use {tenant}, {table}"
    );
    BOOST_TEST(problem_of(tenants + "database: \"D{\", table: T, allow: {table: [a]}")
                   .starts_with("watches[0].database: has a { or } alone"));
}

BOOST_AUTO_TEST_CASE(lists_hold_names_and_patterns_of_one_part) {
    auto with_list = [](const std::string& list) {
        return problem_of(
            tenants + "database: D, table: \"{table}\", allow: {table: " + list + "}"
        );
    };
    BOOST_TEST(with_list("[]").starts_with("watches[0].allow.table: is an empty list"));
    BOOST_TEST(with_list("Web").starts_with("watches[0].allow.table: is a single value; use"));
    BOOST_TEST(with_list("[a/b]").find("has a /") != std::string::npos);
    BOOST_TEST(with_list("[\"\"]").find("is empty") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(contradicts_some_other_keys) {
    auto whole = tenants + "database: D, table: \"{table}\", allow: {table: [a]}, ";
    BOOST_TEST(problem_of(whole + "recursive: false").starts_with("watches[0].recursive: is false")
    );
    BOOST_TEST(problem_of(whole + "mode: follow").starts_with("watches[0].route: has no meaning"));
    BOOST_TEST(
        problem_of("database: D, table: \"{table}\"") ==
        "watches[0].table: has a capture, and there is no route to name it; give route"
    );
    BOOST_TEST(problem_of("database: D, table: T, allow: {a: [b]}")
                   .starts_with("watches[0].allow: has no effect without route"));
    BOOST_TEST(
        problem_of(tenants + "database: D, table: T").starts_with("watches[0].route: has no effect")
    );
    BOOST_TEST(load(with_keys("database: D, table: T, tags: [\"{a}\"]")).problems.empty());
}

BOOST_AUTO_TEST_SUITE_END()
