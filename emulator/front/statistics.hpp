#pragma once

#include "emulator/front/exchange.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <tuple>

namespace kustodrop::emulator {

/// What has been asked of the services.
struct statistics {
    // Service, operation, account, container or queue, and status; 0: reset or stalled.
    using key = std::tuple<std::string, std::string, std::string, std::string, unsigned>;

    std::map<key, std::uint64_t> requests;
    std::uint64_t bytes_in = 0;

    void count(const exchange& one, unsigned status) {
        ++requests[{one.service, one.operation, one.account, one.resource, status}];
        bytes_in += one.body_bytes();
    }
};

}  // namespace kustodrop::emulator
