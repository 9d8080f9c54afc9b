#include "config/keys/table.hpp"

#include "config/clusters.hpp"
#include "config/keys/clusters_map.hpp"
#include "config/keys/make_key.hpp"
#include "config/keys/watch/watch_rules.hpp"
#include "config/reading/paths.hpp"

namespace kustodrop::config {

static std::optional<std::string> state_directory_problem(const std::string& path) {
    if (path.empty()) return "is empty; use an absolute path";
    return path_problem(path);
}

// Those of the file itself, then those of its fragments.
static std::vector<section> watch_sections(section& root) {
    auto out = root.maps("watches");
    auto* beside = root.context().beside;
    bool is_whole = !root.is_wrong("watches") && (!beside || beside->is_whole);
    if (beside) {
        for (auto& fragment : beside->roots) {
            for (auto& one : fragment.maps("watches")) out.push_back(std::move(one));
            is_whole = is_whole && !fragment.is_wrong("watches");
        }
    }
    if (!out.empty() || !is_whole) return out;
    root.require("watches", "a list of at least one watch");
    if (root.is_given("watches")) {
        root.error("watches", "is an empty list; use at least one watch");
    }
    return out;
}

static void read_watches(section& root, settings& out) {
    auto sections = watch_sections(root);
    auto* beside = root.context().beside;
    bool is_whole = !beside || beside->is_whole;
    bool knows_clusters = true;
    for (auto& from : sections) {
        auto& watch = out.watches.emplace_back();
        for (auto& one : watch_keys()) read_key(from, one, watch);
        check_watch(from, watch);
        if (is_whole) {
            choose_cluster(from, watch.cluster, out);
            knows_clusters = check_failover(from, watch, out) && knows_clusters;
        }
        from.finish();
        if (auto* places = root.context().origins) places->watches.push_back(place_key(from));
    }
    auto state_directory = root.is_wrong("state_directory") ? "" : out.state_directory;
    check_watches(sections, out, state_directory);
    if (knows_clusters) warn_of_unused_clusters(root, out);
}

static key<settings> watches_list() {
    key<settings> out;
    out.facts.name = "watches";
    out.facts.doc = "The folders that are watched, each with its target.";
    out.facts.form = form::section_list;
    out.facts.required = true;
    out.read = read_watches;
    return out;
}

const std::vector<key<settings>>& root_keys() {
    // The keys of watches are read after those that their rules look at.
    static const std::vector<key<settings>> all{
        cluster_section(),
        auth_section(),
        clusters_map(),
        restart(make_key<settings>(
            "state_directory",
            at(&settings::state_directory),
            path_form{state_directory_problem},
            "Where the journal is kept. An absolute path, outside of every watch."
        )),
        upload_section(),
        notifications_section(),
        watches_list(),
        fleet_section(),
        retention_section(),
        network_section(),
        drain_section(),
        admin_section(),
        log_section(),
    };
    return all;
}

void read_root(section& root, settings& out) {
    bool several = has_clusters(root);
    if (several) refuse_single_cluster(root);
    for (auto& one : root_keys()) {
        bool is_single = one.facts.name == "cluster" || one.facts.name == "auth";
        if (!several || !is_single) read_key(root, one, out);
    }
}

template <class T>
static documented_key documented(const key<T>& one) {
    documented_key out{one.facts};
    for (auto& sub : one.keys) out.keys.push_back(documented(sub));
    return out;
}

std::vector<documented_key> documented_keys() {
    std::vector<documented_key> out;
    for (auto& one : root_keys()) {
        out.push_back(documented(one));
        if (one.facts.form != form::section_list) continue;
        for (auto& sub : watch_keys()) out.back().keys.push_back(documented(sub));
    }
    return out;
}

}  // namespace kustodrop::config
