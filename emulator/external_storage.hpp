#pragma once

#include "emulator/layout.hpp"
#include "http/transport.hpp"

namespace kustodrop::emulator {

/// Makes sure that every container, queue and table of the layout exists in another storage
/// (Azurite, say). Gives it half a minute to come up; then says what failed.
asio::awaitable<result<>> make_resources(
    http::transport& transport, clock& clock, const layout& layout
);

}  // namespace kustodrop::emulator
