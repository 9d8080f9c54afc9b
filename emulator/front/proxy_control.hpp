#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>

namespace kustodrop::emulator {

/// How the control endpoints reach the proxy. Empty without a proxy.
struct proxy_control {
    std::function<std::map<std::string, std::uint64_t>()> tunnels = {};
    std::function<void(std::set<std::string> blocked)> block = {};
};

}  // namespace kustodrop::emulator
