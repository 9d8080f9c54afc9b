#pragma once

#include "async/clock.hpp"
#include "async/offload.hpp"
#include "base/log.hpp"
#include "emulator/ingest/access/storage_access.hpp"
#include "emulator/ingest/ingestor_options.hpp"
#include "emulator/ingest/stream_ingest.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace boost::json {
class value;
}

namespace kustodrop::emulator {

struct identity_check {
    std::function<bool(std::string_view token)> valid;  // Known, and not stale.
};

/// Takes messages from the ready queues, parses their blobs into tables, reports the outcomes,
/// and answers commands and queries about the tables.
class ingestor {
public:
    ingestor(
        asio::any_io_executor executor,
        clock& clock,
        logger& log,
        worker_pool& pool,
        ingestor_options options,
        identity_check identity
    );
    ~ingestor();

    /// Until cancelled.
    asio::awaitable<void> run(storage_access access);

    /// ".create table …", ".show tables"; 400 for what it does not know.
    asio::awaitable<http::response> management(std::string database, std::string command);
    asio::awaitable<http::response> query(std::string database, std::string text, bool v2);

    /// What was recorded of each of these messages, in their order; nothing: it is not ingested.
    asio::awaitable<std::vector<std::optional<ingestion_record>>> find_messages(
        std::vector<std::string> message_ids
    );
    /// Stores rows at once; returns when a query finds them.
    asio::awaitable<result<ingestion_record>> stream(streamed_data data);

    void set_paused(bool paused);
    boost::json::value stats() const;

private:
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace kustodrop::emulator
