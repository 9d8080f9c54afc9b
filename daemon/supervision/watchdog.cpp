#include "daemon/supervision/watchdog.hpp"

#include <charconv>
#include <cstdlib>
#include <string_view>
#include <unistd.h>

namespace kustodrop::daemon {

static std::optional<long long> number_in(const char* variable) {
    auto* text = std::getenv(variable);
    if (!text) return std::nullopt;
    std::string_view digits(text);
    long long value = 0;
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
    return value;
}

std::optional<duration> watchdog_patience() {
    auto patience = number_in("WATCHDOG_USEC");
    if (!patience || *patience <= 0) return std::nullopt;
    if (auto process = number_in("WATCHDOG_PID"); process && *process != ::getpid()) {
        return std::nullopt;
    }
    return std::chrono::microseconds(*patience);
}

bool gets_on(const progress& seen, duration patience) {
    // A disk that is only slow is given a little more.
    return !seen.commit_since || seen.now - *seen.commit_since < 2 * patience;
}

}  // namespace kustodrop::daemon
