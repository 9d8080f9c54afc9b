#include "daemon/commands/recorded/file_pattern.hpp"

#include "base/glob.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;

static bool is_there = false;

static result<daemon::file_pattern> file_pattern_of(
    const config::settings& settings, const std::string& text, const std::string& watch
) {
    return daemon::file_pattern_of(settings, text, watch, [](auto&) { return is_there; });
}

static config::settings two_watches() {
    config::settings out;
    for (auto [name, path] : {std::pair{"web", "/srv/drop"}, std::pair{"deep", "/srv/drop/deep"}}) {
        auto& watch = out.watches.emplace_back();
        watch.name = name;
        watch.path = path;
    }
    return out;
}

BOOST_AUTO_TEST_SUITE(file_pattern_)

BOOST_AUTO_TEST_CASE(a_glob_is_about_any_watch_or_the_one_that_is_named) {
    auto any = file_pattern_of(two_watches(), "a*.csv", "").value();
    BOOST_TEST(any.watch == "");
    BOOST_TEST(any.glob == "a*.csv");
    BOOST_TEST(file_pattern_of(two_watches(), "*", "deep").value().watch == "deep");
}

BOOST_AUTO_TEST_CASE(a_full_path_is_about_the_innermost_watch) {
    auto outer = file_pattern_of(two_watches(), "/srv/drop/sub/a.csv", "").value();
    BOOST_TEST(outer.watch == "web");
    BOOST_TEST(outer.glob == "sub/a.csv");
    auto inner = file_pattern_of(two_watches(), "/srv/drop/deep/.kustodrop/quarantine/*", "deep");
    BOOST_TEST(inner.value().watch == "deep");
    BOOST_TEST(inner.value().otherwise == ".kustodrop/quarantine/*");
    auto untidy = file_pattern_of(two_watches(), "/srv//drop/./x//a*", "").value();
    BOOST_TEST(untidy.glob == "x/a\\*");
    BOOST_TEST(untidy.otherwise == "x/a*");
}

BOOST_AUTO_TEST_CASE(a_full_path_is_a_name_first_and_a_glob_only_where_there_is_no_such_file) {
    auto found = file_pattern_of(two_watches(), "/srv/drop/report[1].csv", "").value();
    BOOST_TEST(spool::glob_matches(found.glob, "report[1].csv"));
    BOOST_TEST(!spool::glob_matches(found.glob, "report1.csv"));
    BOOST_TEST(found.otherwise == "report[1].csv");
    is_there = true;
    BOOST_TEST(file_pattern_of(two_watches(), "/srv/drop/report[1].csv", "")->otherwise.empty());
    is_there = false;
    // A [ without its ] makes it a name only.
    BOOST_TEST(file_pattern_of(two_watches(), "/srv/drop/a[.csv", "")->otherwise.empty());
    for (std::string name : {"a[.csv", "a\\b.csv", "a*?{x}.csv", "**"}) {
        auto exact = file_pattern_of(two_watches(), "/srv/drop/" + name, "").value();
        BOOST_TEST(spool::glob_matches(exact.glob, name));
        BOOST_TEST(!spool::glob_matches(exact.glob, "other"));
    }
}

BOOST_AUTO_TEST_CASE(what_no_watch_has_is_refused_with_a_reason) {
    auto reason = [](const char* text, const char* watch) {
        return file_pattern_of(two_watches(), text, watch).error().message();
    };
    BOOST_TEST(reason("/etc/passwd", "") == "--file /etc/passwd lies in no watch's folder");
    BOOST_TEST(reason("/srv/dropped/a", "") == "--file /srv/dropped/a lies in no watch's folder");
    BOOST_TEST(
        reason("/srv/drop/a", "deep") ==
        "--file /srv/drop/a lies in the folder of \"web\", not of --watch"
    );
    BOOST_TEST(reason("[", "").starts_with("--file [ "));
}

BOOST_AUTO_TEST_SUITE_END()
