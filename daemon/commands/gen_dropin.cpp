#include "daemon/commands/commands.hpp"
#include "daemon/commands/dropin.hpp"
#include "daemon/program.hpp"

#include <cstdio>
#include <fstream>
#include <sstream>

namespace kustodrop::daemon {

int command_gen_dropin(const gen_dropin_options& options) {
    auto settings = load_settings_without_secrets(options.config);
    if (!settings) return bad_configuration;
    if (options.folders) {
        for (auto& watch : settings->watches) std::puts(watch.path.c_str());
        return all_well;
    }
    std::ostringstream text;
    text << std::ifstream(options.config).rdbuf();
    auto facts = dropin_facts_of(*settings, options.config, text.str());
    std::fputs(dropin_text(facts).c_str(), stdout);
    return all_well;
}

}  // namespace kustodrop::daemon
