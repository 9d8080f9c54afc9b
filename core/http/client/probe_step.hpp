#pragma once

#include "base/failure_code.hpp"

#include <string>

namespace kustodrop::http {

/// One step of a probe: what was tried, how it went, what to do about it.
struct probe_step {
    std::string name;  // "dns", "tcp", "proxy", "tls"
    bool ok = false;
    std::string detail;
    std::string hint = {};
    failure_code code = {};  // Of the failure.
};

}  // namespace kustodrop::http
