// For every file, loading ends, every problem has a position, and no secret is printed.
#include "config/load.hpp"
#include "fuzz/fuzz_target.hpp"

#include <algorithm>

using namespace kustodrop;
using fuzz::promise;

FUZZ_TARGET(configuration) {
    static const std::string secret_text = "hunter2-3xposed";
    config::environment around;
    around.variable = [](const std::string&) { return secret_text; };
    around.read_file = [](const std::string&) -> result<std::string> {
        return {boost::system::in_place_value, secret_text};
    };
    around.credentials_directory = "/credentials";
    auto loaded = config::load_text(input, "k.yaml", around);
    auto lines = 1 + std::count(input.begin(), input.end(), '\n');
    bool said_before = input.find(secret_text) != input.npos;
    for (auto& problem : loaded.problems) {
        promise(problem.line >= 1 && problem.line <= lines + 1, "a problem stands in the file");
        promise(problem.column >= 1, "columns begin with 1");
        promise(!problem.message.empty(), "a problem says what it is");
        auto text = to_string(problem);
        promise(text.find('\n') == text.npos, "a problem is one line");
        promise(said_before || text.find(secret_text) == text.npos, "no secret in a problem");
    }
    if (loaded.ok()) promise(!loaded.values.watches.empty(), "a good configuration has a watch");
}
