#include "daemon/commands/recorded/file_pattern.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using daemon::file_pattern_of;

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
    BOOST_TEST(inner.value().glob == ".kustodrop/quarantine/*");
    BOOST_TEST(file_pattern_of(two_watches(), "/srv//drop/./x//a*", "").value().glob == "x/a*");
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
