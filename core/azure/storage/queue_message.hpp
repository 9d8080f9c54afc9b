#pragma once

#include "base/time.hpp"

#include <string>

namespace kustodrop::azure {

/// A message as a queue hands it out.
struct queue_message {
    std::string id;
    std::string text;         // Decoded if it came as base64, else as it came.
    std::string pop_receipt;  // Empty when only peeked at.
    unsigned dequeue_count = 0;
    wall_time inserted_at{};
};

}  // namespace kustodrop::azure
