#include "daemon/terminal/arguments.hpp"

#include "base/text.hpp"
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
        while (!given.empty() && given.front() == "help") given.erase(given.begin());
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

std::string about_unknown_option(
    const std::vector<std::string>& arguments, const std::vector<std::string>& options
) {
    std::vector<std::string_view> known(options.begin(), options.end());
    for (std::size_t i = 1; i < arguments.size() && arguments[i] != "--"; ++i) {
        auto given = std::string_view(arguments[i]);
        given = given.substr(0, given.find('='));
        if (!given.starts_with("--") || std::ranges::count(known, given) > 0) continue;
        // Behind the dashes, or all options are alike.
        std::vector<std::string_view> names;
        for (auto name : known) names.push_back(name.substr(2));
        auto meant = config::suggestion(given.substr(2), names);
        auto out = arguments.front() + " has no option \"" + printable(given) + "\"";
        return meant.empty() ? out : out + "; did you mean --" + std::string(meant) + "?";
    }
    return {};
}

}  // namespace kustodrop::daemon
