#include "spool/following/looking/log_names.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop::spool;

namespace {

log_names names({{"*.log"}, {"debug.log"}, ""});

log_name of(const std::string& name, std::vector<std::string> others = {}) {
    others.push_back(name);
    auto found = names.sort(others);
    return found.contains(name) ? found.at(name) : log_name{"", false};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(log_names_)

BOOST_AUTO_TEST_CASE(a_name_that_is_included_is_that_of_a_live_log) {
    BOOST_TEST((of("app.log") == log_name{"app.log", false}));
    BOOST_TEST((of("pod/0.log") == log_name{"pod/0.log", false}));
}

BOOST_AUTO_TEST_CASE(what_rotations_make_of_it_is_a_rotated_one) {
    for (auto* name : {"app.log.1", "app.log-20261129", "app.log.2026-11-29", "app.log.old"}) {
        BOOST_TEST_CONTEXT(name) {
            BOOST_TEST((of(name) == log_name{"app.log", true}));
            BOOST_TEST((of(name, {"app.log"}) == log_name{"app.log", true}));
        }
    }
    BOOST_TEST((of("pod/0.log.20261129-101010") == log_name{"pod/0.log", true}));
}

BOOST_AUTO_TEST_CASE(the_rotator_may_have_compressed_it) {
    for (auto* name : {"app.log.1.gz", "app.log-20261129.gz", "app.log.gz"}) {
        BOOST_TEST_CONTEXT(name) {
            BOOST_TEST((of(name) == log_name{"app.log", true, true}));
            BOOST_TEST((of(name, {"app.log", "app.log.1"}) == log_name{"app.log", true, true}));
        }
    }
    BOOST_TEST((of("app-2026-11-29.log.gz", {"app.log"}) == log_name{"app.log", true, true}));
}

BOOST_AUTO_TEST_CASE(a_date_before_the_ending_is_one_beside_the_live_log_only) {
    for (auto* name : {"app-2026-11-29.log", "app.2026-11-29.log", "app-2026-11-29-3.log"}) {
        BOOST_TEST_CONTEXT(name) {
            BOOST_TEST((of(name, {"app.log"}) == log_name{"app.log", true}));
            BOOST_TEST((of(name) == log_name{name, false}));
        }
    }
}

BOOST_AUTO_TEST_CASE(logs_with_similar_names_are_logs_of_their_own) {
    for (auto* name : {"app-admin.log", "app.admin.log", "app2.log"}) {
        BOOST_TEST((of(name, {"app.log"}) == log_name{name, false}));
    }
    BOOST_TEST((of("x/app-1.log", {"y/app.log"}) == log_name{"x/app-1.log", false}));
}

BOOST_AUTO_TEST_CASE(a_folder_for_old_logs_has_those_of_the_live_log_elsewhere) {
    for (std::string name : {"app.log.1", "app.log-20261129", "app.log.1.gz", "app.log.gz"}) {
        bool compressed = name.ends_with(".gz");
        log_name of_app{"app.log", true, compressed};
        BOOST_TEST_CONTEXT(name) {
            BOOST_TEST((of("old/" + name, {"app.log"}) == of_app));
            BOOST_TEST((of("a/b/" + name, {"a/app.log"}).family == "a/app.log"));
            // Beside it, or of one that is there itself.
            BOOST_TEST((of("old/" + name, {"app/app.log"}).family == "app/app.log"));
            BOOST_TEST((of("old/" + name, {"app.log", "old/app.log"}).family == "old/app.log"));
            // Which of them, it does not say.
            BOOST_TEST((of("old/" + name, {"a/app.log", "b/app.log"}).family == "old/app.log"));
        }
    }
    BOOST_TEST((of("old/app-2026-11-29.log.gz", {"app.log"}).family == "app.log"));
    BOOST_TEST((of("old/app-admin.log", {"app.log"}) == log_name{"old/app-admin.log", false}));
}

BOOST_AUTO_TEST_CASE(a_copy_there_may_have_a_name_that_is_followed_itself) {
    auto dated = std::string("old/app-2026-11-29.log");
    BOOST_TEST((of(dated, {"app.log"}) == log_name{"app.log", true, false, true}));
    BOOST_TEST((of("a/" + dated, {"app.log", "b/app.log"}).family == "app.log"));
    BOOST_TEST((of(dated) == log_name{dated, false}));
    BOOST_TEST((of(dated, {"old/app.log", "app.log"}) == log_name{"old/app.log", true}));
    // That is not above.
    BOOST_TEST((of(dated, {"b/app.log"}) == log_name{dated, false}));
    log_names all({{"*.log*"}, {}, ""});
    auto found = all.sort({"app.log", "old/app.log.1", "old/app.log.2", "old/app.log.2.gz"});
    BOOST_TEST((found["old/app.log.1"] == log_name{"app.log", true, false, true}));
    BOOST_TEST((found["old/app.log.2.gz"] == log_name{"app.log", true, true}));
}

BOOST_AUTO_TEST_CASE(an_accepted_name_is_a_rotated_one_while_its_live_log_is_absent) {
    log_names all({{"*.log*"}, {}, ""});
    auto found = all.sort({"app.log.1", "app.log.2.gz"}, {"app.log"});
    BOOST_TEST((found["app.log.1"] == log_name{"app.log", true}));
    BOOST_TEST((found["app.log.2.gz"] == log_name{"app.log", true, true}));
    found = all.sort({"app.log.1"});
    BOOST_TEST((found["app.log.1"] == log_name{"app.log.1", false}));
}

BOOST_AUTO_TEST_CASE(a_family_is_known_while_its_live_log_is_absent) {
    auto family = [](const std::string& name, const std::set<std::string>& known) {
        return names.sort({name}, known).at(name).family;
    };
    BOOST_TEST(family("old/app.log.1.gz", {"app.log"}) == "app.log");
    BOOST_TEST(family("old/app.log.1.gz", {"app/app.log"}) == "app/app.log");
    BOOST_TEST(family("old/app.log.1", {"old/app.log", "b/app.log"}) == "old/app.log");
    auto dated = "old/app-2026-11-29.log";
    BOOST_TEST(family(std::string(dated) + ".gz", {"app.log", dated}) == dated);
}

BOOST_AUTO_TEST_CASE(other_names_are_not_followed) {
    for (auto* name :
         {"app.txt",
          "debug.log",
          ".app.log",
          "app.log.1.zst",
          "app.txt.gz",
          "app.log.tmp.gz",
          "app.log.tmp",
          "app.log~",
          "core.1"}) {
        BOOST_TEST_CONTEXT(name) {
            BOOST_TEST(of(name).family.empty());
            BOOST_TEST(names.ignored_because(name).has_value());
            BOOST_TEST(!names.may_be_log(name));
        }
    }
    BOOST_TEST(!names.ignored_because("app.log.1").has_value());
}

BOOST_AUTO_TEST_CASE(patterns_say_what_rotated_logs_are_called) {
    log_names listed(
        {{"*.log"}, {"debug*"}, ""}, {rotated_names::way::listed, {"old-*.log", "history/**"}}
    );
    auto found = listed.sort(
        {"app.log",
         "app-admin.log",
         "app.log.1",
         "old-app.log",
         "history/app.20261129",
         "history/app-admin.20261129.gz",
         "history/debug.1"}
    );
    std::map<std::string, log_name> wanted{
        {"app.log", {"app.log", false, false}},
        {"app-admin.log", {"app-admin.log", false, false}},
        // It begins with no live name, and there are two.
        {"old-app.log", {"old-app.log", true, false}},
        {"history/app.20261129", {"app.log", true, false}},
        {"history/app-admin.20261129.gz", {"app-admin.log", true, true}}};
    BOOST_TEST((found == wanted));
    BOOST_TEST(listed.ignored_because("app.log.1").has_value());
    BOOST_TEST(!listed.ignored_because("old-app.log"));
}

BOOST_AUTO_TEST_CASE(the_only_live_log_of_a_folder_is_meant_by_a_pattern) {
    log_names listed({{"current"}, {}, ""}, {rotated_names::way::listed, {"@*.s"}});
    auto found = listed.sort({"pod/current", "pod/@4000000065.s", "other/@4000000065.s"});
    BOOST_TEST((found["pod/@4000000065.s"] == log_name{"pod/current", true, false}));
    BOOST_TEST((found["other/@4000000065.s"] == log_name{"other/@4000000065.s", true, false}));
}

BOOST_AUTO_TEST_CASE(every_name_is_live_where_nothing_is_rotated) {
    for (auto& none :
         {rotated_names{rotated_names::way::off}, rotated_names{rotated_names::way::listed}}) {
        log_names off({{"*.log", "*.log.gz"}, {}, ""}, none);
        auto found = off.sort({"app.log", "app-2026-11-29.log", "app.log.1", "b.log.gz"});
        std::map<std::string, log_name> wanted{
            {"app.log", {"app.log", false, false}},
            {"app-2026-11-29.log", {"app-2026-11-29.log", false, false}},
            {"b.log.gz", {"b.log.gz", false, true}}};
        BOOST_TEST((found == wanted));
    }
}

BOOST_AUTO_TEST_SUITE_END()
