#include "config/keys/clusters_map.hpp"

#include "config/clusters.hpp"
#include "config/keys/make_key.hpp"
#include "config/keys/table.hpp"
#include "config/keys/watch/watch_texts.hpp"
#include "config/reading/suggest.hpp"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

namespace kustodrop::config {

static constexpr std::string_view key_name = "clusters";

// Those of the file itself, then those of its fragments.
static std::vector<section> cluster_maps(section& root) {
    std::vector<section> out;
    auto add = [&](section& from) {
        if (!from.is_given(key_name) || from.is_wrong(key_name)) return;
        auto map = from.map(key_name);
        if (!from.is_wrong(key_name)) out.push_back(std::move(map));
    };
    add(root);
    if (auto* beside = root.context().beside) {
        for (auto& fragment : beside->roots) add(fragment);
    }
    return out;
}

static bool has_unread_fragments(const section& root) {
    auto* beside = root.context().beside;
    return beside && !beside->is_whole;
}

bool has_clusters(section& root) {
    auto maps = cluster_maps(root);
    bool any = std::ranges::any_of(maps, [](auto& map) { return !map.free_keys().empty(); });
    // They may be in a fragment that cannot be read.
    return any || (!root.is_given("cluster") && has_unread_fragments(root));
}

void refuse_single_cluster(section& root) {
    root.take("cluster");
    root.take("auth");
    if (root.is_given("cluster")) {
        root.error(
            "cluster",
            "stands beside clusters; use one of the two: give this one a name and write it, with "
            "its auth, as an entry of clusters"
        );
    } else if (root.is_given("auth")) {
        root.error("auth", "stands beside clusters; write it into each entry of clusters");
    }
}

static named_cluster read_cluster(section& from, std::string name) {
    settings one;
    auto cluster = cluster_section();
    for (auto& key : cluster.keys) read_key(from, key, one);
    read_key(from, auth_section(), one);
    cluster.check(from, one);
    from.finish();
    return {std::move(name), std::move(one.cluster), std::move(one.auth)};
}

static void read_clusters(section& root, settings& out) {
    root.take(key_name);
    if (root.is_given(key_name) && !root.is_wrong(key_name) && !has_clusters(root)) {
        root.error(key_name, "is an empty map; use at least one name with the keys of a cluster");
    }
    for (auto& map : cluster_maps(root)) {
        std::set<std::string_view> read;
        for (auto given : map.free_keys()) {
            std::string name(given);
            auto from = map.map(given);
            if (map.is_wrong(given) || !read.insert(given).second) continue;
            if (auto wrong = name_problem(name)) {
                map.error(given, *wrong);
                continue;
            }
            if (find_cluster(out, name) && !out.clusters.empty()) {
                map.error(given, "is configured in another file already; use another name");
                continue;
            }
            out.clusters.push_back(read_cluster(from, std::move(name)));
            auto* places = root.context().origins;
            if (places) places->clusters.push_back(place_key(from));
        }
    }
}

static std::string names_of(const settings& all) {
    std::string out;
    for (auto& one : all.clusters) out += (out.empty() ? "" : ", ") + one.name;
    return out;
}

static std::string unknown_cluster(const std::string& name, const settings& all) {
    std::vector<std::string_view> names;
    for (auto& one : all.clusters) names.push_back(one.name);
    auto near = suggestion(name, names);
    return "is not a configured cluster" + advice(near, "one of " + names_of(all));
}

void choose_cluster(section& from, std::string& out, const settings& all) {
    if (from.is_wrong("cluster") || has_unread_fragments(from)) return;
    if (out.empty()) {
        if (all.clusters.size() == 1) out = all.clusters.front().name;
        if (all.clusters.size() > 1) {
            from.error("cluster", "is missing, there are several; give one of " + names_of(all));
        }
        return;
    }
    if (find_cluster(all, out)) return;
    if (all.clusters.empty()) {
        from.error(
            "cluster",
            "names a cluster, and there is only one without a name; write it under clusters, or "
            "leave this key out"
        );
        return;
    }
    from.error("cluster", unknown_cluster(out, all));
}

bool check_failover(section& from, const watch_options& watch, const settings& all) {
    if (!from.is_given("failover")) return true;
    if (from.is_wrong("failover")) return false;
    auto failover = from.map("failover");
    auto& to = watch.failover.to;
    bool is_half = failover.is_given("after") && !failover.is_given("to");
    if (is_half) failover.require("to", "the name of another cluster");
    if (to.empty() || has_unread_fragments(from)) return !failover.is_given("to");
    if (all.clusters.empty()) {
        failover.error(
            "to", "names another cluster, and there is only one; write both under clusters"
        );
    } else if (!find_cluster(all, to)) {
        failover.error("to", unknown_cluster(to, all));
    } else if (to == watch.cluster) {
        failover.error("to", "is the watch's own cluster; use another one of " + names_of(all));
    } else {
        return true;
    }
    return false;
}

void warn_of_unused_clusters(section& root, const settings& all) {
    auto is_right = [&](auto& watch) { return find_cluster(all, watch.cluster) != nullptr; };
    if (!std::ranges::all_of(all.watches, is_right)) return;  // One of those may be meant.
    for (auto& map : cluster_maps(root)) {
        for (auto given : map.free_keys()) {
            auto is_of = [&](auto& watch) {
                return watch.cluster == given || watch.failover.to == given;
            };
            bool is_used = std::ranges::any_of(all.watches, is_of) || all.fleet.cluster == given;
            if (is_used || !find_cluster(all, given)) continue;
            map.warn(
                given,
                "has no watch: only outcomes of what was posted to it before are read; give a "
                "watch \"cluster: " +
                    std::string(given) + "\", or remove it"
            );
        }
    }
}

key<settings> clusters_map() {
    key<settings> out;
    out.facts.name = key_name;
    out.facts.doc =
        "Several clusters, instead of cluster and auth: a map of names (a-z, 0-9 and -), each with "
        "the keys of cluster and the section auth. Every watch names its own. One that does not "
        "answer holds up none of the others. Those that are added or removed need a restart.";
    out.facts.form = form::section_map;
    out.facts.example = "{west: {ingestion_endpoint: …, auth: {…}}, east: {…}}";
    out.read = read_clusters;
    return out;
}

}  // namespace kustodrop::config
