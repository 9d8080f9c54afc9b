#pragma once

#include "async/clock.hpp"
#include "base/random.hpp"
#include "emulator/front/exchange.hpp"
#include "emulator/ingest/messages/message_check.hpp"
#include "emulator/storage/layout.hpp"
#include "emulator/storage/queue_store.hpp"

#include <string_view>

namespace kustodrop::emulator {

/// The ingestor of `--ingest discard`: it reads no blob and keeps no message, but answers each with
/// a success, so that a client can be measured without the service's own work.
class discarding_ingestor {
public:
    struct parts {
        clock& time;
        random_generator& random;
        emulator::layout& layout;
        queue_store& queues;
        duration batching;  // From the message to its notification.
    };
    explicit discarding_ingestor(parts parts) : p_(parts) {}

    /// The text of a message that came to a ready-for-aggregation queue.
    void take(std::string_view queue_text);

private:
    parts p_;
    catalog nothing_;
};

/// The answer to a query when there is no ingestor.
asio::awaitable<http::response> no_ingestor_answer();

}  // namespace kustodrop::emulator
