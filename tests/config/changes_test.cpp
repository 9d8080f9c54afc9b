#include "config/changes.hpp"

#include "config/keys/table.hpp"
#include "configuration.hpp"
#include "one_key.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <set>

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

BOOST_AUTO_TEST_CASE(another_mode_of_a_watch_begins_with_a_restart) {
    auto in_force = with_watches({"a"});
    auto wanted = in_force;
    wanted.watches[0].kind = pipeline::watch_kind::follow;
    wanted.watches[0].recursive = true;
    auto found = adopt(in_force, wanted);
    BOOST_TEST(found.at_restart == names{"watches.a.mode"});
    BOOST_TEST(found.adjusted.empty());
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
    wanted.upload.bandwidth_limit = timetable(1 << 20);
    wanted.notifications.poll_interval = 1s;
    wanted.fleet.database = "Ops";
    wanted.retention.min_free_percent = 1;
    wanted.drain.timeout = 1min;
    wanted.cluster.trusted_hosts = {"host"};
    auto found = adopt(in_force, wanted);
    names keys{
        "cluster.trusted_hosts",
        "auth.client_id",
        "upload.compression",
        "upload.bandwidth_limit",
        "notifications.poll_interval",
        "fleet.database",
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

template <class T>
static void flatten(
    const std::vector<key<T>>& keys, const std::string& path, std::map<std::string, key<T>>& out
) {
    for (auto& one : keys) {
        auto name = path + std::string(one.facts.name);
        if (one.facts.form == form::section) {
            flatten(one.keys, name + ".", out);
        } else if (one.facts.form != form::section_list && one.facts.form != form::section_map) {
            out.emplace(name, one);
        }
    }
}

// A configuration with another value for the key, read from a file that holds it.
static settings with_another(const std::string& name) {
    for (auto& chosen : test::every_key()) {
        auto path = chosen.section.empty() ? chosen.key : chosen.section + "." + chosen.key;
        if (path != name) continue;
        auto loaded = test::load(test::write(chosen, chosen.good).text);
        BOOST_TEST_REQUIRE(loaded.ok());
        return loaded.values;
    }
    BOOST_FAIL("no other value for " + name);
    return {};
}

static std::map<std::string, key<settings>> keys_outside_of_watches() {
    std::map<std::string, key<settings>> out;
    flatten(root_keys(), "", out);
    return out;
}

static names sorted(names list) {
    std::sort(list.begin(), list.end());
    return list;
}

BOOST_AUTO_TEST_CASE(each_key_is_live_or_waits_and_is_named_alone_and_beside_each_other_key) {
    auto keys = keys_outside_of_watches();
    std::map<std::string, settings> others;
    for (auto& [name, one] : keys) others.emplace(name, with_another(name));
    std::size_t pairs = 0;
    for (auto& [first, a] : keys) {
        for (auto& [second, b] : keys) {
            settings wanted;
            a.take(wanted, others.at(first));
            b.take(wanted, others.at(second));
            settings expected;
            names live, waiting;
            for (auto& name : std::set<std::string>{first, second}) {
                auto& one = keys.at(name);
                bool waits = one.facts.effect == effect::restart;
                (waits ? waiting : live).push_back(name);
                if (!waits) one.take(expected, wanted);
            }
            settings in_force;
            auto found = adopt(in_force, wanted);
            BOOST_TEST_CONTEXT(first << " and " << second) {
                BOOST_TEST(sorted(found.keys) == live, boost::test_tools::per_element());
                BOOST_TEST(sorted(found.at_restart) == waiting, boost::test_tools::per_element());
                BOOST_TEST((in_force == expected));
            }
            ++pairs;
        }
    }
    BOOST_TEST(pairs > 1500U);
}

BOOST_AUTO_TEST_CASE(each_key_of_a_watch_names_the_watch) {
    std::map<std::string, key<watch_options>> keys;
    flatten(watch_keys(), "watches.", keys);
    keys.erase("watches.name");         // A watch of another name is another watch.
    keys.erase("watches.mode");         // Of another mode: with the next start.
    keys.erase("watches.cluster");      // Of another cluster: clusters_test,
    keys.erase("watches.failover.to");  // the same.
    for (auto& [name, one] : keys) {
        auto in_force = with_watches({"a"});
        auto other = with_another(name).watches.at(0);
        if (name == "watches.deduplicate") other.target.deduplicate = true;
        if (name == "watches.delivery") other.target.delivery = kusto::delivery_way::streaming;
        if (name == "watches.route") other.route.pattern = "{tenant}/**";
        if (name == "watches.allow") other.route.allow["tenant"] = {"contoso"};
        if (name == "watches.format") other.target.format = kusto::data_format::json;
        auto wanted = in_force;
        one.take(wanted.watches[0], other);
        auto found = adopt(in_force, wanted);
        bool moves = name == "watches.path" || name == "watches.claim";
        BOOST_TEST_CONTEXT(name) {
            BOOST_TEST((moves ? found.moved : found.adjusted) == names{"a"});
            BOOST_TEST((in_force == wanted));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
