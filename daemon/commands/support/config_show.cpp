#include "base/live_secrets.hpp"
#include "config/effective.hpp"
#include "daemon/commands/support/support_commands.hpp"
#include "daemon/program.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <cstdio>

namespace kustodrop::daemon {

namespace json = boost::json;

static std::string as_json(const std::vector<config::effective_value>& values) {
    json::array rows;
    for (auto& one : values) {
        rows.push_back(json::object{{"key", one.key}, {"value", one.value}, {"from", one.from}});
    }
    return json::serialize(rows) + "\n";
}

int command_config_show(const show_config_options& options) {
    auto loaded = load_offline(options.config, {});
    auto values =
        loaded.ok() ? config::effective_values(loaded) : std::vector<config::effective_value>();
    if (!print_problems(std::move(loaded))) return bad_configuration;
    if (!options.defaults) {
        std::erase_if(values, [](auto& one) { return one.from == "default"; });
    }
    auto text = options.json ? as_json(values) : config::effective_yaml(values);
    std::fputs(without_secrets(text).c_str(), stdout);
    return all_well;
}

}  // namespace kustodrop::daemon
