#include "daemon/commands/sending/chosen_cluster.hpp"

#include "config/clusters.hpp"

#include <cstdio>

namespace kustodrop::daemon {

std::optional<std::string> choose_cluster(
    const config::settings& settings, const std::string& given, const std::string& option
) {
    auto names = config::cluster_names(settings);
    if (config::find_cluster(settings, given)) return given;
    if (given.empty() && names.size() == 1) return names.front();
    if (settings.clusters.empty()) {
        std::fprintf(
            stderr, "%s: the configuration has one cluster, without a name\n", option.c_str()
        );
        return std::nullopt;
    }
    std::string all;
    for (auto& name : names) all += (all.empty() ? "" : ", ") + name;
    auto wrong = given.empty() ? std::string("several clusters are configured")
                               : "\"" + given + "\" is not a configured cluster";
    std::fprintf(stderr, "%s: %s; use one of %s\n", option.c_str(), wrong.c_str(), all.c_str());
    return std::nullopt;
}

}  // namespace kustodrop::daemon
