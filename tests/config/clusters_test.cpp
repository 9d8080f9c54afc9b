#include "config/clusters.hpp"

#include "config/changes.hpp"
#include "configuration.hpp"

#include <boost/test/unit_test.hpp>

using namespace kustodrop;
using namespace kustodrop::test;

using names = std::vector<std::string>;

static std::string several(const std::string& more = "") {
    return "clusters:\n"
           "  west: {ingestion_endpoint: 'https://ingest-w.region.kusto.windows.net', auth: {kind: "
           "client_secret, tenant_id: t, client_id: c, client_secret: hunter2}}\n"
           "  east: {ingestion_endpoint: 'https://ingest-e.region.kusto.windows.net'}\n" +
           more;
}

static std::string watches(const std::string& first, const std::string& second) {
    auto watch = [](const std::string& name, const std::string& cluster) {
        return "  - {path: /drop/" + name + ", database: D, table: T, format: json" + cluster +
               "}\n";
    };
    return "watches:\n" + watch("a", first) + watch("b", second);
}

static std::string usual() { return several(watches(", cluster: west", ", cluster: east")); }

BOOST_AUTO_TEST_SUITE(clusters_)

BOOST_AUTO_TEST_CASE(have_the_keys_of_cluster_and_auth_each) {
    auto loaded = load(usual());
    BOOST_TEST(printed(loaded) == "");
    auto& all = loaded.values;
    BOOST_TEST(config::cluster_names(all) == (names{"west", "east"}));
    auto west = config::settings_at(all, "west");
    BOOST_TEST(west.cluster.ingestion_endpoint.host() == "ingest-w.region.kusto.windows.net");
    BOOST_TEST((west.auth.kind == config::auth_kind::client_secret));
    BOOST_TEST(west.clusters.empty());
    auto east = config::settings_at(all, "east");
    BOOST_TEST((east.auth.kind == config::auth_kind::managed_identity));
    BOOST_TEST(all.watches[1].cluster == "east");
}

BOOST_AUTO_TEST_CASE(of_the_single_form_are_one_without_a_name) {
    auto loaded = load(minimal());
    BOOST_TEST(config::cluster_names(loaded.values) == names{""});
    BOOST_TEST(config::find_cluster(loaded.values, ""));
    BOOST_TEST(loaded.values.watches[0].cluster == "");
}

BOOST_AUTO_TEST_CASE(need_no_choice_where_there_is_one) {
    auto text = "clusters: {only: {ingestion_endpoint: 'https://ingest-o.kusto.windows.net'}}\n" +
                std::string(whole_watches);
    auto loaded = load(text);
    BOOST_TEST(printed(loaded) == "");
    BOOST_TEST(loaded.values.watches[0].cluster == "only");
}

BOOST_AUTO_TEST_CASE(beside_the_single_form_are_refused_once) {
    BOOST_TEST(
        problems_of(usual() + std::string(whole_cluster) + std::string(whole_auth)) ==
        "k.yaml:7:10: cluster: stands beside clusters; use one of the two: give this one a name "
        "and write it, with its auth, as an entry of clusters\n"
    );
    BOOST_TEST(
        problems_of(usual() + std::string(whole_auth)) ==
        "k.yaml:7:7: auth: stands beside clusters; write it into each entry of clusters\n"
    );
}

BOOST_AUTO_TEST_CASE(have_to_be_chosen_by_each_watch) {
    BOOST_TEST(
        problems_of(several(watches(", cluster: west", ""))) ==
        "k.yaml:6:5: watches[1].cluster: is missing, there are several; give one of west, east\n"
    );
    auto text = problems_of(several(watches(", cluster: west", ", cluster: eas")));
    BOOST_TEST(
        text.find("watches[1].cluster: is not a configured cluster; did you mean east? Use one of "
                  "west, east") != text.npos
    );
    text = problems_of(
        std::string(whole_cluster) + std::string(whole_auth) +
        "watches: [{path: /drop/web, database: D, table: T, format: json, cluster: west}]\n"
    );
    BOOST_TEST(text.find("watches[0].cluster: names a cluster, and there is only") != text.npos);
}

BOOST_AUTO_TEST_CASE(without_a_watch_are_a_warning_because_outcomes_may_be_awaited_there) {
    auto loaded = load(several(watches(", cluster: west", ", cluster: west")));
    BOOST_TEST(loaded.ok());
    BOOST_TEST(
        printed(loaded) ==
        "k.yaml:3:9: warning: clusters.east: has no watch: only outcomes of what was posted to it "
        "before are read; give a watch \"cluster: east\", or remove it\n"
    );
}

BOOST_AUTO_TEST_CASE(have_names_like_watches_and_complete_entries) {
    auto said = [](const std::string& entry) {
        return problems_of("clusters: {" + entry + "}\n" + std::string(whole_watches));
    };
    BOOST_TEST(
        said("West: {}").find("clusters.West: is not a valid name; use") != std::string::npos
    );
    BOOST_TEST(
        said("w: {}").find("clusters.w.ingestion_endpoint: is missing; give") != std::string::npos
    );
    BOOST_TEST(said("").find("clusters: is an empty map; use") != std::string::npos);
}

static std::string with_failover(const std::string& failover) {
    return several(watches(", cluster: west, failover: " + failover, ", cluster: west"));
}

BOOST_AUTO_TEST_CASE(take_over_for_each_other) {
    auto loaded = load(with_failover("{to: east}"));
    BOOST_TEST(printed(loaded) == "");  // East has a use.
    auto& failover = loaded.values.watches[0].failover;
    BOOST_TEST(failover.to == "east");
    BOOST_TEST((failover.after == 15min));
    BOOST_TEST(loaded.values.watches[1].failover.to == "");
    loaded = load(with_failover("{to: east, after: 1h}"));
    BOOST_TEST((loaded.values.watches[0].failover.after == 1h));
}

BOOST_AUTO_TEST_CASE(take_over_only_where_there_is_another_one) {
    auto said = [](const std::string& text) { return problems_of(with_failover(text)); };
    auto place = std::string("watches[0].failover");
    BOOST_TEST(said("{after: 5m}").find(place + ".to: is missing; give") != std::string::npos);
    BOOST_TEST(said("{to: ''}").find("error") == std::string::npos);  // As the example has it.
    BOOST_TEST(
        said("{to: eats}").find(place + ".to: is not a configured cluster; did you mean east?") !=
        std::string::npos
    );
    BOOST_TEST(said("{to: west}").find(place + ".to: is the watch's own") != std::string::npos);
    BOOST_TEST(said("east").find(place + ": ") != std::string::npos);
    BOOST_TEST(said("{to: east, after: 0s}").find(place + ".after: ") != std::string::npos);
    auto single = std::string(whole_cluster) + std::string(whole_auth) +
                  "watches: [{path: /drop/web, database: D, table: T, format: json, failover: "
                  "{to: east}}]\n";
    BOOST_TEST(problems_of(single).find(place + ".to: names another cluster") != single.npos);
}

BOOST_AUTO_TEST_CASE(that_are_new_take_over_from_the_restart_on) {
    auto in_force = load(usual()).values;
    auto wanted = in_force;
    wanted.clusters.push_back({"north", wanted.cluster, wanted.auth});
    wanted.watches[0].failover.to = "north";
    wanted.watches[1].failover.to = "west";
    auto found = config::adopt(in_force, wanted);
    BOOST_TEST(found.at_restart == (names{"watches.a.failover.to", "clusters.north"}));
    BOOST_TEST(found.adjusted == names{"b"});
    BOOST_TEST(in_force.watches[0].failover.to == "");
    BOOST_TEST(in_force.watches[1].failover.to == "west");
}

BOOST_AUTO_TEST_CASE(that_come_or_go_do_so_at_a_restart_and_keep_their_watches_waiting) {
    auto in_force = load(usual()).values;
    auto wanted = in_force;
    wanted.clusters.push_back({"north", wanted.cluster, wanted.auth});
    wanted.watches[0].cluster = "north";
    wanted.watches[1].cluster = "west";
    wanted.clusters[0].auth.client_id = "other";
    auto found = config::adopt(in_force, wanted);
    BOOST_TEST(found.at_restart == (names{"watches.a.cluster", "clusters.north"}));
    BOOST_TEST(found.adjusted == names{"b"});
    BOOST_TEST(found.keys == names{"clusters.west.auth.client_id"});
    BOOST_TEST(in_force.watches[0].cluster == "west");
    BOOST_TEST(in_force.clusters.size() == 2u);
    BOOST_TEST(in_force.clusters[0].auth.client_id == "other");
}

BOOST_AUTO_TEST_SUITE_END()
