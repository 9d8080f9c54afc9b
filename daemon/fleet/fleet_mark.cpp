#include "daemon/fleet/fleet_mark.hpp"

#include "base/text.hpp"

#include <cstdio>
#include <fstream>

namespace kustodrop::daemon {

std::optional<wall_time> read_fleet_mark(const std::string& path) {
    std::ifstream file(path);
    std::string line;
    if (!std::getline(file, line)) return std::nullopt;
    return parse_iso8601(line);
}

bool write_fleet_mark(const std::string& path, wall_time reported) {
    auto beside = path + ".new";
    {
        std::ofstream file(beside, std::ios::trunc);
        file << to_iso8601(reported) << '\n';
        file.close();
        if (!file) return false;
    }
    return std::rename(beside.c_str(), path.c_str()) == 0;
}

}  // namespace kustodrop::daemon
