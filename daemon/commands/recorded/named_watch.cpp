#include "daemon/commands/recorded/named_watch.hpp"

#include "base/text.hpp"
#include "config/reading/suggest.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

namespace kustodrop::daemon {

static constexpr std::size_t most_watches = 5;

bool has_watch(const config::settings& settings, const std::string& name) {
    auto is_it = [&](auto& watch) { return watch.name == name; };
    return std::ranges::any_of(settings.watches, is_it);
}

// "web, app, db and 4 more"
static std::string first_names(const std::vector<std::string_view>& names) {
    std::string out;
    auto shown = std::min(names.size(), most_watches);
    for (std::size_t i = 0; i < shown; ++i) {
        bool is_last = i + 1 == names.size();
        out += (i == 0 ? "" : (is_last ? " or " : ", ")) + std::string(names[i]);
    }
    if (shown == names.size()) return out;
    return out + " or one of " + std::to_string(names.size() - shown) + " more";
}

std::string unknown_watch(
    const config::settings& settings, const std::string& name, const std::string& what
) {
    std::vector<std::string_view> names;
    for (auto& watch : settings.watches) names.push_back(watch.name);
    auto out = "\"" + printable(name) + "\" " + what;
    auto near = config::suggestion(name, names);
    if (!near.empty()) return out + config::advice(near, "");
    return names.empty() ? out : out + config::advice("", first_names(names));
}

}  // namespace kustodrop::daemon
