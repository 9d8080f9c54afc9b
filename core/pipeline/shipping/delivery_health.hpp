#pragma once

#include "base/result.hpp"
#include "base/time.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace kustodrop::pipeline {

/// Whether what is sent gets through. One request that fails says nothing, nor does one account:
/// there is trouble when an operation ("upload", "post") has failed several times, for a while and
/// without a success anywhere. Pure.
class delivery_health {
public:
    /// A request of the operation has ended. True: it succeeded, and there was trouble before.
    bool note(std::string_view operation, const result<void>& outcome, time_point now);

    /// Why nothing gets through: the last failure of the operation that has failed for longest.
    std::optional<failure> trouble(time_point now) const;

private:
    struct failing {
        unsigned times = 0;
        time_point since{};
        time_point last_at{};
        failure last;
    };
    static bool is_trouble(const failing& one, time_point now);

    std::map<std::string, failing, std::less<>> failing_;  // By operation.
};

}  // namespace kustodrop::pipeline
