#pragma once

#include <cstdint>

namespace kustodrop::kusto {

/// What the configuration says of the way of posts.
enum class transport_wish : std::uint8_t {
    automatic,  // As the service prefers.
    queued,
    rest,
};

}  // namespace kustodrop::kusto
