#pragma once

#include "async/clock.hpp"
#include "emulator/storage/layout.hpp"
#include "http/transport.hpp"

#include <functional>

namespace kustodrop::emulator {

/// Makes sure that every container, queue and table of the layout exists in another storage
/// such as Azurite. Waits half a minute for it to start, then reports what failed.
asio::awaitable<result<>> make_resources(
    http::transport& transport, clock& clock, const layout& layout
);

/// Records each ingestion message that came through another storage, as the own queues do.
std::function<void(std::size_t queue, std::string_view id, std::string_view text)>
recorder_of_messages(storage_database& database, const layout& layout, clock& clock);

}  // namespace kustodrop::emulator
