#pragma once

#include "azure/storage/queue_message.hpp"
#include "base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::azure {

/// The messages of a QueueMessagesList (docs/protocol.md §6.2). Failure "bad_answer" if it is none.
result<std::vector<queue_message>> parse_queue_messages(std::string_view xml);

/// The body of Put Message.
std::string queue_message_xml(std::string_view text);

}  // namespace kustodrop::azure
