#include "base/crypto/library_version.hpp"
#include "base/static_program.hpp"
#include "base/text.hpp"
#include "daemon/commands/commands.hpp"
#include "daemon/exit_code.hpp"
#include "daemon/service/connection.hpp"
#include "spool/library_version.hpp"
#include "sqlite/database.hpp"

#include <boost/version.hpp>

#include <cstdio>
#include <string>
#include <utility>
#include <vector>

namespace kustodrop::daemon {

using facts = std::vector<std::pair<std::string, std::string>>;

static facts versions() {
    auto boost = std::to_string(BOOST_VERSION / 100000) + "." +
                 std::to_string(BOOST_VERSION / 100 % 1000) + "." +
                 std::to_string(BOOST_VERSION % 100);
    return {
        {"version", std::string(version())},
        {"libraries", is_static_program() ? "its own (static)" : "the system's"},
        {"compiler", __VERSION__},
        {"boost", boost},
        {"openssl", crypto_library_version()},
        {"sqlite", sqlite::library_version()},
        {"zlib", spool::gzip_library_version()}};
}

int command_version(const version_options& options) {
    std::string out;
    for (auto& [name, value] : versions()) {
        if (options.json) {
            out += out.empty() ? "{" : ", ";
            out += "\"" + name + "\": \"" + json_escape(value) + "\"";
            continue;
        }
        auto title = out.empty() ? std::string("kustodrop") : name;
        title.resize(10, ' ');
        out += title + " " + value + "\n";
    }
    if (options.json) out += "}\n";
    std::fputs(out.c_str(), stdout);
    return all_well;
}

}  // namespace kustodrop::daemon
