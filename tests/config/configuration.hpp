#pragma once

#include "config/load.hpp"

#include <map>
#include <string>
#include <string_view>

/// Configurations for tests, and a machine for them to refer to.
namespace kustodrop::test {

inline constexpr std::string_view whole_cluster =
    "cluster: {ingestion_endpoint: 'https://ingest-c.region.kusto.windows.net'}\n";
inline constexpr std::string_view whole_auth =
    "auth: {kind: client_secret, tenant_id: t, client_id: c, client_secret: hunter2}\n";
inline constexpr std::string_view whole_watches =
    "watches: [{path: /drop/web, database: D, table: T, format: json}]\n";

/// Lines 1 to 3 of a configuration without problems; more may follow.
inline std::string minimal() {
    return std::string(whole_cluster) + std::string(whole_auth) + std::string(whole_watches);
}

/// Variables and files that exist only here.
struct machine {
    std::map<std::string, std::string> variables = {};
    std::map<std::string, std::string> files = {};
    std::string credentials_directory = "/credentials";

    config::environment environment() const {
        config::environment out;
        out.variable = [*this](const std::string& name) -> std::optional<std::string> {
            auto found = variables.find(name);
            if (found == variables.end()) return std::nullopt;
            return found->second;
        };
        out.read_file = [*this](const std::string& path) -> result<std::string> {
            auto found = files.find(path);
            if (found != files.end()) {
                return result<std::string>(boost::system::in_place_value, found->second);
            }
            return failure{"unreadable", remedy::reconfigure, path + ": No such file or directory"};
        };
        out.credentials_directory = credentials_directory;
        return out;
    }
};

inline config::loaded load(std::string_view text, const machine& machine = {}) {
    return config::load_text(text, "k.yaml", machine.environment());
}

/// All problems, a line each, as they are printed.
inline std::string printed(const config::loaded& loaded) {
    std::string out;
    for (auto& problem : loaded.problems) out += to_string(problem) + "\n";
    return out;
}

inline std::string problems_of(std::string_view text, const machine& machine = {}) {
    return printed(load(text, machine));
}

}  // namespace kustodrop::test
