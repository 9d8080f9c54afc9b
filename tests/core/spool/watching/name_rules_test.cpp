#include "spool/watching/name_rules.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop::spool;

BOOST_AUTO_TEST_SUITE(name_rules_)

BOOST_AUTO_TEST_CASE(ordinary_names_are_shipped) {
    name_rules rules;
    for (auto name :
         {"a",
          "a.json",
          "sub/a.json.gz",
          "tmp",
          "part",
          "a.tmp.json",
          "~a",
          "a b\n",
          "\xff",
          "a~b",
          "orders.20261130",
          "a.1234abc",
          "a.1234abcd.csv",
          "a.1234abcg",
          "1234abcd",
          "download",
          "a.downloads",
          "#",
          "##",
          "#a",
          "a#",
          "thumbs.db.csv",
          "my-desktop.ini"}) {
        BOOST_TEST(rules.accepts(name), name);
    }
    BOOST_TEST(!temporary_sign(""));
}

BOOST_AUTO_TEST_CASE(temporary_names_are_not) {
    name_rules rules;
    for (auto name :
         {"a.tmp",
          "a.TMP",
          "a.temp",
          "a.part",
          "a.partial",
          "a.filepart",
          "a.crdownload",
          "a.swp",
          "a~",
          ".~lock.a#",
          ".nfs000001",
          ".#a",
          ".syncthing.a.tmp",
          "~syncthing~a.tmp",
          "sub/a.tmp",
          "a.download",
          "a.inprogress",
          "a.csv._COPYING_",
          "a.csv_.gstmp",
          "a.csv.1a2B3c4D",
          "sub/a.DEADBEEF",
          "#a.csv#",
          "sub/~$a.xlsx",
          "Thumbs.db",
          "sub/desktop.ini",
          ".a.csv.Xy12Zq"}) {
        BOOST_TEST(!rules.accepts(name), name);
    }
}

BOOST_AUTO_TEST_CASE(hidden_files_and_folders_are_not) {
    name_rules rules;
    for (auto name : {".a", "sub/.a", ".git/config", ".kustodrop/x", "a/.b/c"}) {
        BOOST_TEST(!rules.accepts(name), name);
    }
}

BOOST_AUTO_TEST_CASE(includes_select_and_excludes_win) {
    name_rules rules({{"*.json", "*.json.gz"}, {"bad*"}, ""});
    BOOST_TEST(rules.accepts("a.json"));
    BOOST_TEST(rules.accepts("sub/a.json.gz"));
    BOOST_TEST(!rules.accepts("a.csv"));
    BOOST_TEST(!rules.accepts("bad.json"));
}

BOOST_AUTO_TEST_CASE(markers_are_not_shipped_themselves) {
    name_rules rules({{}, {}, ".ok"});
    BOOST_TEST(rules.accepts("a.json"));
    BOOST_TEST(!rules.accepts("a.json.ok"));
}

BOOST_AUTO_TEST_CASE(says_why) {
    name_rules rules({{"*.json"}, {"bad*"}, ".ok"});
    auto why = [&](auto name) { return rules.ignored_because(name).value(); };
    BOOST_TEST(why("a.tmp").find("\".tmp\"") != std::string::npos);
    BOOST_TEST(why(".a").find("dot") != std::string::npos);
    BOOST_TEST(why("a.ok").find("done marker") != std::string::npos);
    BOOST_TEST(why("a.csv").find("include") != std::string::npos);
    BOOST_TEST(why("bad.json").find("bad*") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_marker_marks_only_what_may_be_shipped) {
    name_rules rules({{"*.json"}, {}, ".ok"});
    BOOST_TEST((rules.marked_by("a.json.ok") == "a.json"));
    BOOST_TEST((rules.marked_by("sub/a.json.ok") == "sub/a.json"));
    for (auto name : {".ok", "sub/.ok", "a.csv.ok", "a.json.tmp.ok", "a.json"}) {
        BOOST_TEST(!rules.marked_by(name), name);
    }
    BOOST_TEST(!name_rules().marked_by("a.json.ok"));
}

BOOST_AUTO_TEST_SUITE_END()
