#include "config/changes.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::config;

using names = std::vector<std::string>;

static settings with_watches(const names& wanted) {
    settings out;
    for (auto& name : wanted) {
        watch_options one;
        one.name = name;
        one.path = "/srv/" + name;
        out.watches.push_back(one);
    }
    return out;
}

BOOST_AUTO_TEST_SUITE(changes_)

BOOST_AUTO_TEST_CASE(the_same_configuration_changes_nothing) {
    auto in_force = with_watches({"a"});
    auto found = adopt(in_force, with_watches({"a"}));
    BOOST_TEST(found.empty());
    BOOST_TEST((in_force == with_watches({"a"})));
}

BOOST_AUTO_TEST_CASE(watches_come_and_go) {
    auto in_force = with_watches({"a", "b"});
    auto found = adopt(in_force, with_watches({"b", "c"}));
    BOOST_TEST(found.added == names{"c"});
    BOOST_TEST(found.removed == names{"a"});
    BOOST_TEST(found.adjusted.empty());
    BOOST_TEST((in_force == with_watches({"b", "c"})));
}

BOOST_AUTO_TEST_CASE(another_rule_adjusts_a_watch_and_another_folder_moves_it) {
    auto in_force = with_watches({"rule", "folder", "claim", "same"});
    auto wanted = in_force;
    wanted.watches[0].target.table = "T";
    wanted.watches[1].path = "/elsewhere";
    wanted.watches[2].claim = pipeline::claim_mode::in_place;
    auto found = adopt(in_force, wanted);
    BOOST_TEST(found.adjusted == names{"rule"});
    BOOST_TEST((found.moved == names{"folder", "claim"}));
    BOOST_TEST((in_force == wanted));
}

BOOST_AUTO_TEST_CASE(keys_that_can_be_taken_at_once_are) {
    settings in_force;
    settings wanted;
    wanted.log.level = log_level::debug;
    wanted.auth.client_id = "other";
    wanted.upload.shipper.how = spool::compression::dense;
    wanted.notifications.poll_interval = 1s;
    wanted.retention.min_free_percent = 1;
    wanted.drain.timeout = 1min;
    wanted.cluster.trusted_hosts = {"host"};
    auto found = adopt(in_force, wanted);
    names keys{
        "cluster.trusted_hosts",
        "auth",
        "upload.compression",
        "notifications.poll_interval",
        "retention.min_free",
        "drain.timeout",
        "log.level"};
    BOOST_TEST(found.keys == keys, boost::test_tools::per_element());
    BOOST_TEST(found.at_restart.empty());
    BOOST_TEST((in_force == wanted));
}

BOOST_AUTO_TEST_CASE(keys_that_wait_for_a_restart_stay_as_they_are_and_are_named_each_time) {
    settings in_force;
    auto wanted = in_force;
    wanted.state_directory = "/elsewhere";
    wanted.upload.concurrency = 1;
    wanted.network.io_timeout = 1s;
    wanted.admin.http.reset();
    wanted.log.format = log_format::json;
    names keys{
        "state_directory", "upload.concurrency", "network.io_timeout", "admin.http", "log.format"};
    for (int time = 0; time < 2; ++time) {
        auto found = adopt(in_force, wanted);
        BOOST_TEST(found.at_restart == keys, boost::test_tools::per_element());
        BOOST_TEST(found.keys.empty());
    }
    BOOST_TEST((in_force == settings()));
}

// bandwidth_limit stands for any key that this function was not told of.
BOOST_AUTO_TEST_CASE(a_key_that_is_not_known_waits_under_the_name_of_its_section) {
    settings in_force;
    auto wanted = in_force;
    wanted.upload.bandwidth_limit_bytes = 1;
    BOOST_TEST(adopt(in_force, wanted).at_restart == names{"upload"});
    BOOST_TEST((in_force == settings()));
}

BOOST_AUTO_TEST_SUITE_END()
