#pragma once

#include "async/clock.hpp"
#include "async/offload.hpp"
#include "base/log.hpp"
#include "http/transport.hpp"

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

/// How the ingestor reaches storage, our own or another: over HTTP, like anybody else.
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
    // Told of each ingestion message when it is first taken, with the index of its ready queue;
    // messages are then taken, but not ingested, during a pause as well. Empty with our own
    // storage, which knows what was put into it.
    std::function<void(std::size_t queue, std::string_view id, std::string_view text)> received;
};

struct ingestor_options {
    duration batching = std::chrono::seconds(1);  // How long a batch waits before it is sealed.
    bool discard = false;                         // Counts rows without storing them.
    bool paused = false;
    std::string database_file;
    std::vector<std::string> tables;    // "Db.Table(col:type,…)"
    std::vector<std::string> mappings;  // "Db.Table.Name(Kind)=JSON"
    bool both_pass_in_one_window = true;
};

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

    void set_paused(bool paused);
    boost::json::value stats() const;

private:
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace kustodrop::emulator
