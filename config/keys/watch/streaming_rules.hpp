#pragma once

#include "config/reading/section.hpp"
#include "config/settings.hpp"

namespace kustodrop::config {

/// Reports each key of the watch that contradicts `delivery: streaming`.
void check_streaming(section& watch, const watch_options& out);

/// Reports a watch that would stream to a host that may not receive a token.
void check_streaming_endpoint(
    section& watch, const watch_options& out, const cluster_settings& cluster
);

}  // namespace kustodrop::config
