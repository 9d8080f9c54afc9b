#include "daemon/terminal/arguments.hpp"

#include "config/reading/suggest.hpp"

#include <algorithm>

namespace kustodrop::daemon {

static bool takes_a_value(std::string_view option) {
    return option == "--config" || option == "--socket";
}

static bool is_help(std::string_view text) { return text == "--help" || text == "-h"; }

std::vector<std::string> arranged(std::vector<std::string> given) {
    if (given.empty() || is_help(given.front())) return given;
    if (given.front() == "--version" || given.front() == "-V") {
        given.front() = "version";
        return given;
    }
    if (given.front() == "help") {
        given.erase(given.begin());
        given.emplace_back("--help");
        return given;
    }
    std::size_t before = 0;
    while (before < given.size() && given[before].starts_with('-')) {
        before += takes_a_value(given[before]) ? 2 : 1;
    }
    if (before >= given.size()) return given;
    // The command comes first, its options behind it as they were.
    std::rotate(
        given.begin(),
        given.begin() + static_cast<std::ptrdiff_t>(before),
        given.begin() + static_cast<std::ptrdiff_t>(before) + 1
    );
    return given;
}

std::string about_unknown_command(
    const std::vector<std::string>& arguments, const std::vector<std::string_view>& commands
) {
    if (arguments.empty() || arguments.front().starts_with('-')) return {};
    auto& first = arguments.front();
    if (std::ranges::count(commands, std::string_view(first)) > 0) return {};
    auto meant = config::suggestion(first, commands);
    auto out = "there is no command \"" + first + "\"";
    if (!meant.empty()) out += "; did you mean " + std::string(meant) + "?";
    return out;
}

}  // namespace kustodrop::daemon
