#pragma once

#include "emulator/rest/rest_options.hpp"

namespace CLI {
class App;
}

namespace kustodrop::emulator {

/// The options of ingestion by REST and of streaming ingestion.
void add_rest(CLI::App& app, rest_options& rest, streaming_options& streaming);

}  // namespace kustodrop::emulator
