#include "daemon/terminal/causes.hpp"

namespace kustodrop::daemon {

std::string with_code(const std::string& code, const std::string& details) {
    bool says_code = code.empty() || details.starts_with(code);
    if (says_code || details.empty()) return details.empty() ? code : details;
    return code + ": " + details;
}

}  // namespace kustodrop::daemon
