#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace kustodrop::emulator {

/// How a message came out of its queue, and how it can be deleted there.
struct queue_ticket {
    std::size_t queue = 0;
    std::string message_id;
    std::string pop_receipt;
    std::uint32_t dequeue_count = 1;
};

}  // namespace kustodrop::emulator
