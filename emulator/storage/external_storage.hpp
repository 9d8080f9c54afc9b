#pragma once

#include "async/clock.hpp"
#include "emulator/storage/layout.hpp"
#include "http/transport.hpp"

#include <functional>

namespace kustodrop::emulator {

/// Makes sure that every container, queue and table of the layout exists in another storage
/// (Azurite, say). Gives it half a minute to come up; then says what failed.
asio::awaitable<result<>> make_resources(
    http::transport& transport, clock& clock, const layout& layout
);

/// What writes down each ingestion message that came through another storage, as our own queues
/// do with what is put into them.
std::function<void(std::size_t queue, std::string_view id, std::string_view text)>
recorder_of_messages(storage_database& database, const layout& layout, clock& clock);

}  // namespace kustodrop::emulator
