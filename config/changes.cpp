#include "config/changes.hpp"

#include "config/clusters.hpp"
#include "config/keys/table.hpp"

#include <algorithm>
#include <utility>

namespace kustodrop::config {

bool changes::empty() const { return *this == changes(); }

static void adopt_key(
    const key<settings>& one,
    const std::string& section,
    settings& in_force,
    const settings& wanted,
    changes& found
) {
    auto path = section + std::string(one.facts.name);
    if (one.facts.form == form::section_list) return;  // Its watches are compared by name.
    if (one.facts.form == form::section_map) return;   // Likewise.
    if (one.facts.form == form::section) {
        for (auto& sub : one.keys) adopt_key(sub, path + ".", in_force, wanted, found);
    } else if (one.same(in_force, wanted)) {
        return;
    } else if (one.facts.effect == effect::restart) {
        found.at_restart.push_back(path);
    } else {
        found.keys.push_back(path);
        one.take(in_force, wanted);
    }
}

// Of each cluster that stays the keys are compared, by its name; one that comes or goes does so
// with a restart.
static void adopt_clusters(settings& in_force, const settings& wanted, changes& found) {
    std::vector<std::string> names;
    for (auto& one : wanted.clusters) names.push_back(one.name);
    for (auto& one : in_force.clusters) {
        if (!find_cluster(wanted, one.name)) names.push_back(one.name);
    }
    for (auto& name : names) {
        bool stays = find_cluster(in_force, name) && find_cluster(wanted, name);
        if (!stays) {
            found.at_restart.push_back("clusters." + name);
            continue;
        }
        auto now = settings_at(in_force, name);
        auto then = settings_at(wanted, name);
        for (auto& one : cluster_section().keys) {
            adopt_key(one, "clusters." + name + ".", now, then, found);
        }
        adopt_key(auth_section(), "clusters." + name + ".", now, then, found);
        take_cluster(in_force, name, now);
    }
}

// Until a restart the clusters are those that there are: a watch of another one waits for it.
static settings without_new_clusters(
    const settings& in_force, const settings& wanted, changes& found
) {
    auto out = wanted;
    auto former = [&](auto& now) {
        return std::ranges::find(in_force.watches, now.name, &watch_options::name);
    };
    std::erase_if(out.watches, [&](auto& now) {
        if (find_cluster(in_force, now.cluster)) return false;
        found.at_restart.push_back("watches." + now.name + ".cluster");
        auto then = former(now);
        if (then == in_force.watches.end()) return true;
        now = *then;
        return false;
    });
    for (auto& now : out.watches) {
        auto& to = now.failover.to;
        if (to.empty() || find_cluster(in_force, to)) continue;
        found.at_restart.push_back("watches." + now.name + ".failover.to");
        auto then = former(now);
        bool is_new = then == in_force.watches.end();
        now.failover = is_new ? pipeline::failover_options() : then->failover;
    }
    return out;
}

static void compare_watches(const settings& before, const settings& after, changes& found) {
    auto named = [](const settings& all, const std::string& name) {
        auto at = std::ranges::find(all.watches, name, &watch_options::name);
        return at == all.watches.end() ? nullptr : &*at;
    };
    for (auto& now : after.watches) {
        auto* then = named(before, now.name);
        if (then && then->kind != now.kind) {
            found.at_restart.push_back("watches." + now.name + ".mode");
        } else if (!then) {
            found.added.push_back(now.name);
        } else if (then->path != now.path || then->claim != now.claim) {
            found.moved.push_back(now.name);
        } else if (*then != now) {
            found.adjusted.push_back(now.name);
        }
    }
    for (auto& then : before.watches) {
        if (!named(after, then.name)) found.removed.push_back(then.name);
    }
}

changes adopt(settings& in_force, const settings& all) {
    changes found;
    auto wanted = without_new_clusters(in_force, all, found);
    compare_watches(in_force, wanted, found);
    auto before = std::exchange(in_force.watches, wanted.watches);
    for (auto& now : in_force.watches) {
        auto then = std::ranges::find(before, now.name, &watch_options::name);
        // A watch of another kind begins with a restart.
        if (then != before.end() && then->kind != now.kind) now = *then;
    }
    bool is_single = in_force.clusters.empty() && wanted.clusters.empty();
    for (auto& one : root_keys()) {
        bool is_of_single = one.facts.name == "cluster" || one.facts.name == "auth";
        if (is_single || !is_of_single) adopt_key(one, "", in_force, wanted, found);
    }
    adopt_clusters(in_force, wanted, found);
    return found;
}

}  // namespace kustodrop::config
