#pragma once

#include "base/time.hpp"
#include "emulator/ingest/access/queue_ticket.hpp"
#include "emulator/ingest/messages/ingestion_message.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace kustodrop::emulator {

/// A checked message on its way to its table.
struct pending_ingestion {
    queue_ticket ticket;
    ingestion_message message;
};

struct sealed_batch {
    std::vector<pending_ingestion> items;
};

struct batching_options {
    duration batching = std::chrono::seconds(1);
    std::size_t max_items = 500;  // The service's defaults (docs/protocol.md §10.1).
    std::uint64_t max_bytes = std::uint64_t{1} << 30u;  // Uncompressed.
};

/// Gathers messages for the same table and with the same properties until their time, number or
/// size is reached. Pure: it is given the time.
class batching {
public:
    explicit batching(batching_options options) : options_(options) {}

    /// Accepts the message, unless its blob or its id already waits in the same batch.
    bool add(pending_ingestion& item, time_point now);

    /// When the next batch is to be sealed.
    std::optional<time_point> next_seal() const;
    std::vector<sealed_batch> seal(time_point now);

    std::size_t waiting() const;

private:
    struct open_batch {
        sealed_batch content;
        time_point due;
        std::uint64_t bytes = 0;
        std::set<std::string> blobs;
        std::set<std::string> ids;
    };

    batching_options options_;
    std::map<std::string, open_batch> open_;
    std::vector<sealed_batch> full_;
};

/// What two messages must have in common to share a batch.
std::string batch_key(const ingestion_message& message);

}  // namespace kustodrop::emulator
