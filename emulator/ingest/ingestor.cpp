#include "emulator/ingest/ingestor.hpp"

#include "async/event.hpp"
#include "base/random.hpp"
#include "emulator/engine/command_execution.hpp"
#include "emulator/engine/scripts/script.hpp"
#include "emulator/engine/scripts/script_run.hpp"
#include "emulator/ingest/ingest_run.hpp"
#include "emulator/ingest/messages/notification.hpp"

#include <boost/json.hpp>

#include <stdexcept>
#include <utility>

namespace kustodrop::emulator {

namespace json = boost::json;

struct ingestor::state {
    state(
        asio::any_io_executor executor,
        clock& time,
        logger& log,
        worker_pool& pool,
        ingestor_options given,
        identity_check identity
    )
        : executor(std::move(executor)),
          time(time),
          log(log),
          pool(pool),
          options(std::move(given)),
          identity(std::move(identity.valid)),
          paused(options.paused),
          tables(options.database_file),
          known(tables.load()),
          execution(pool, tables, known) {}

    asio::any_io_executor executor;
    clock& time;
    logger& log;
    worker_pool& pool;
    ingestor_options options;
    identity_valid identity;
    bool paused;
    store tables;
    catalog known;
    command_execution execution;
    ingest_stats stats;
    random_generator random = seeded_from_the_system();
    bool streaming = false;  // One at a time, so that the pool's other threads stay free.
    event streaming_ended{executor};
};

/// Holds the right to store streamed rows until it is destroyed.
class streaming_turn {
public:
    streaming_turn(bool& taken, event& ended) : taken_(taken), ended_(ended) { taken_ = true; }
    ~streaming_turn() {
        taken_ = false;
        ended_.notify_all();
    }
    streaming_turn(const streaming_turn&) = delete;
    streaming_turn& operator=(const streaming_turn&) = delete;

private:
    bool& taken_;
    event& ended_;
};

ingestor::ingestor(
    asio::any_io_executor executor,
    clock& clock,
    logger& log,
    worker_pool& pool,
    ingestor_options options,
    identity_check identity
)
    : state_(std::make_unique<state>(
          std::move(executor), clock, log, pool, std::move(options), std::move(identity)
      )) {
    auto& s = *state_;
    for (auto& text : s.options.tables) {
        auto table = parse_table_declaration(text);
        if (!table) throw std::invalid_argument("table '" + text + "': " + table.error().detail);
        s.tables.put_table(*table);
    }
    s.known = s.tables.load();
    for (auto& text : s.options.mappings) {
        auto mapping = parse_mapping_declaration(text);
        auto why = mapping ? "" : mapping.error().detail;
        if (mapping && !s.known.find_table(mapping->database, mapping->table)) {
            why = "the table does not exist";
        }
        if (!why.empty()) throw std::invalid_argument("mapping '" + text + "': " + why);
        s.tables.put_mapping(*mapping);
        s.known.put_mapping(std::move(*mapping));
    }
}

ingestor::~ingestor() = default;

asio::awaitable<void> ingestor::run(storage_access access) {
    auto& s = *state_;
    s.stats.in_hand = 0;
    ingest_parts parts{
        s.time,
        s.log,
        s.pool,
        s.tables,
        s.known,
        s.options,
        s.identity,
        s.paused,
        s.stats,
        s.random};
    ingest_run life(s.executor, parts, std::move(access));
    co_await life.run();
}

asio::awaitable<http::response> ingestor::management(std::string database, std::string command) {
    auto& s = *state_;
    if (auto commands = parse_script(command)) {
        if (!*commands) co_return error_answer(commands->error(), s.time.wall_now());
        script_parts parts{s.execution, s.random, s.time.wall_now()};
        auto done = co_await run_script(parts, std::move(database), std::move(**commands));
        if (!done) co_return error_answer(done.error(), s.time.wall_now());
        co_return v1_answer(*done);
    }
    auto what = parse_command(database, command, s.time.wall_now());
    if (!what) co_return error_answer(what.error(), s.time.wall_now());
    auto answer = co_await s.execution.run(database, std::move(*what));
    if (!answer) co_return error_answer(answer.error(), s.time.wall_now());
    co_return v1_answer(*answer);
}

asio::awaitable<http::response> ingestor::query(std::string database, std::string text, bool v2) {
    auto& s = *state_;
    auto now = s.time.wall_now();
    auto answer = co_await s.execution.query(database, text, now);
    if (!answer) co_return error_answer(answer.error(), s.time.wall_now());
    if (v2) co_return v2_answer(*answer);
    co_return v1_answer(*answer);
}

asio::awaitable<std::vector<std::optional<ingestion_record>>> ingestor::find_messages(
    std::vector<std::string> message_ids
) {
    auto look = [&tables = state_->tables, ids = std::move(message_ids)] {
        std::vector<std::optional<ingestion_record>> out;
        for (auto& id : ids) out.push_back(tables.find_message(id));
        return out;
    };
    auto found = co_await offload(state_->pool, std::move(look));
    co_return found;
}

asio::awaitable<result<ingestion_record>> ingestor::stream(streamed_data data) {
    auto& s = *state_;
    auto message = streamed_message(data, s.known);
    if (!message) co_return message.error();
    auto table = *s.known.find_table(data.database, data.table);
    data.at = seven_digit_time(s.time.wall_now());
    while (s.streaming) co_await s.streaming_ended.wait();
    streaming_turn mine(s.streaming, s.streaming_ended);
    auto write = [&s, data = std::move(data), table = std::move(table), message = *message] {
        return std::make_shared<result<ingestion_record>>(
            ingest_stream(s.tables, table, data, s.options.discard, message)
        );
    };
    auto done = co_await offload(s.pool, std::move(write));
    if (*done) {
        s.stats.rows += (*done)->rows;
        s.stats.raw_bytes += (*done)->raw_bytes;
    }
    co_return std::move(*done);
}

void ingestor::set_paused(bool paused) { state_->paused = paused; }

json::value ingestor::stats() const {
    auto& stats = state_->stats;
    json::object out;
    out["paused"] = state_->paused;
    out["received"] = stats.received;
    out["redelivered"] = stats.redelivered;
    out["corrupted"] = stats.corrupted;
    out["batches"] = stats.batches;
    out["succeeded"] = stats.succeeded;
    out["failed"] = stats.failed;
    out["skipped"] = stats.skipped;
    out["put_off"] = stats.put_off;
    out["duplicates_in_batch"] = stats.duplicates_in_batch;
    out["rows"] = stats.rows;
    out["raw_bytes"] = stats.raw_bytes;
    out["dropped_records"] = stats.dropped_records;
    out["raw_size_mismatches"] = stats.raw_size_mismatches;
    out["raw_size_missing"] = stats.raw_size_missing;
    out["notifications"] = stats.notifications;
    out["in_hand"] = stats.in_hand;
    json::object errors;
    for (auto& [code, count] : stats.errors) errors[code] = count;
    out["errors"] = std::move(errors);
    return out;
}

}  // namespace kustodrop::emulator
