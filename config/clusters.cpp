#include "config/clusters.hpp"

#include <algorithm>
#include <utility>

namespace kustodrop::config {

std::vector<std::string> cluster_names(const settings& all) {
    std::vector<std::string> out;
    for (auto& one : all.clusters) out.push_back(one.name);
    if (out.empty()) out.emplace_back();
    return out;
}

const cluster_settings* find_cluster(const settings& all, std::string_view name) {
    if (all.clusters.empty()) return name.empty() ? &all.cluster : nullptr;
    auto found = std::ranges::find(all.clusters, name, &named_cluster::name);
    return found == all.clusters.end() ? nullptr : &found->cluster;
}

settings settings_at(const settings& all, std::string_view name) {
    auto out = all;
    for (auto& one : std::exchange(out.clusters, {})) {
        if (one.name != name) continue;
        out.cluster = std::move(one.cluster);
        out.auth = std::move(one.auth);
    }
    return out;
}

void take_cluster(settings& to, std::string_view name, const settings& at) {
    for (auto& one : to.clusters) {
        if (one.name != name) continue;
        one.cluster = at.cluster;
        one.auth = at.auth;
    }
}

}  // namespace kustodrop::config
