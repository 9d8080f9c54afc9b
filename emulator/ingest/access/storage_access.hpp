#pragma once

#include "http/transport.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::emulator {

/// How the ingestor reaches storage, its own or another: over HTTP, like every client.
struct storage_access {
    http::transport& transport;
    // Each with a fresh SAS of full rights.
    std::vector<http::url> ready_queues;
    std::vector<http::url> failed_queues;
    std::vector<http::url> successful_queues;
    std::optional<http::url> status_table;
    // Replaces every address above by a fresh one: call it when a SAS was refused.
    std::function<void(storage_access&)> renew;
    std::string internal_header_value;  // For x-emulator-internal: spares it faults and statistics.
    // Called with each ingestion message when it is first taken, and the index of its ready queue;
    // messages are then taken, but not ingested, during a pause as well. Empty with the emulator's
    // own storage, which records what is put into it.
    std::function<void(std::size_t queue, std::string_view id, std::string_view text)> received;
    // The service's own containers, each with a SAS that may delete: what clients get may not.
    std::vector<http::url> containers = {};
};

}  // namespace kustodrop::emulator
