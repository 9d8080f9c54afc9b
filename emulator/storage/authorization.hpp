#pragma once

#include "emulator/front/answers.hpp"
#include "emulator/storage/layout.hpp"

#include <optional>

namespace kustodrop::emulator {

/// Why a request must not be served: its SAS does not allow it, or the resource does not exist.
std::optional<service_error> authorize(
    const layout&, const exchange&, const sas_demand&, wall_time now
);

}  // namespace kustodrop::emulator
