#pragma once

#include "emulator/rest/rest_options.hpp"

#include <string>
#include <vector>

namespace kustodrop::emulator {

/// The answer to `GET /v1/rest/ingestion/configuration`. The containers are addresses with SAS.
std::string configuration_document(
    const rest_options& options, const std::vector<std::string>& containers
);

}  // namespace kustodrop::emulator
