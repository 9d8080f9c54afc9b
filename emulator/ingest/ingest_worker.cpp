#include "emulator/ingest/ingest_worker.hpp"

#include <memory>
#include <utility>

namespace kustodrop::emulator {

/// Holds the right to write rows until it is destroyed.
class ingest_worker::storing_turn {
public:
    explicit storing_turn(ingest_worker& worker) : worker_(worker) { worker_.storing_ = true; }
    ~storing_turn() {
        worker_.storing_ = false;
        worker_.storing_ended_.notify_all();
    }
    storing_turn(const storing_turn&) = delete;
    storing_turn& operator=(const storing_turn&) = delete;

private:
    ingest_worker& worker_;
};

ingest_worker::ingest_worker(
    asio::any_io_executor executor,
    ingest_parts parts,
    storage_client& storage,
    messages_in_flight& in_flight,
    work_queue<ingest_job>& jobs
)
    : parts_(parts),
      in_flight_(in_flight),
      jobs_(jobs),
      blobs_(storage, parts.time, parts.pool),
      reports_(parts, storage, in_flight),
      storing_ended_(std::move(executor)) {}

asio::awaitable<void> ingest_worker::run() {
    for (;;) {
        auto next = co_await jobs_.pop();
        if (!next) co_return;
        auto job = std::move(*next);
        co_await process(std::move(job));
    }
}

void ingest_worker::release(const ingest_job& job) {
    in_flight_.remove_tags(job.tags_in_flight);
    in_flight_.remove(job.item.ticket.message_id);
    --parts_.stats.in_hand;
}

asio::awaitable<void> ingest_worker::process(ingest_job job) {
    bool ready = job.recorded;
    if (!job.outcome) {
        job.outcome = co_await ingest(job.item, job.operation_id);
        ready = job.outcome.has_value();
    } else if (!job.recorded) {
        ready = co_await record(job.item, *job.outcome);
    }
    if (!ready) {
        // The queue delivers it again when its lease ends.
        ++parts_.stats.put_off;
        release(job);
        co_return;
    }
    if (!job.recorded) count(*job.outcome, job.item.message);
    bool reported = co_await reports_.report(job.item.message, *job.outcome);
    if (reported) co_await reports_.delete_message(job.item.ticket.message_id);
    release(job);
}

void ingest_worker::count(const ingestion_outcome& outcome, const ingestion_message& message) {
    auto& stats = parts_.stats;
    if (outcome.status == ingestion_status::succeeded) ++stats.succeeded;
    if (outcome.status == ingestion_status::skipped) ++stats.skipped;
    if (outcome.status != ingestion_status::failed) return;
    ++stats.failed;
    ++stats.errors[outcome.why->code.text()];
    if (message.id.empty()) ++stats.corrupted;
    parts_.log.info(
        "ingestion failed",
        {{"source_id", message.id},
         {"table", message.database + "." + message.table},
         {"code", outcome.why->code.text()},
         {"detail", outcome.why->detail}}
    );
}

static std::string_view name_of(ingestion_status status) {
    if (status == ingestion_status::succeeded) return "succeeded";
    return status == ingestion_status::skipped ? "skipped" : "failed";
}

static ingestion_record record_of(const pending_ingestion& item, const ingestion_outcome& outcome) {
    ingestion_record out;
    out.message_id = item.ticket.message_id;
    out.source_id = item.message.id;
    out.blob = item.message.source_path();
    out.database = item.message.database;
    out.table = item.message.table;
    out.operation_id = outcome.operation_id;
    out.status = name_of(outcome.status);
    if (outcome.status == ingestion_status::failed && outcome.why) {
        out.code = outcome.why->code.text();
        out.details = outcome.why->detail;
    }
    out.at = seven_digit_time(outcome.at);
    return out;
}

/// False: it could not be recorded, so the message must stay.
asio::awaitable<bool> ingest_worker::record(pending_ingestion item, ingestion_outcome outcome) {
    while (storing_) co_await storing_ended_.wait();
    storing_turn mine(*this);
    auto write = [this, record = record_of(item, outcome)] {
        auto done = parts_.tables.record(record);
        return done ? std::string() : done.error().detail;
    };
    auto detail = co_await offload(parts_.pool, std::move(write));
    if (!detail.empty()) parts_.log.warning("message not recorded", {{"detail", detail}});
    co_return detail.empty();
}

asio::awaitable<result<blob_ingest_result>> ingest_worker::store_rows(
    pending_ingestion item, ingestion_outcome& outcome
) {
    auto blob = co_await blobs_.run(item.message.blob);
    if (!blob) co_return blob.error();
    while (storing_) co_await storing_ended_.wait();
    storing_turn mine(*this);
    outcome.at = parts_.time.wall_now();
    blob_ingest_request request;
    request.message = item.message;
    request.record = record_of(item, outcome);
    request.keep_rows = !parts_.options.discard;
    auto* table = parts_.known.find_table(item.message.database, item.message.table);
    if (table) request.table = *table;
    auto bytes = std::make_shared<downloaded_blob>(std::move(*blob));
    auto write = [this, bytes, request = std::move(request)] {
        return std::make_shared<result<blob_ingest_result>>(
            ingest_blob(parts_.tables, *bytes, request)
        );
    };
    auto done = co_await offload(parts_.pool, std::move(write));
    co_return std::move(*done);
}

/// Nothing: a transient failure, the message is to be left where it is.
asio::awaitable<std::optional<ingestion_outcome>> ingest_worker::ingest(
    pending_ingestion item, std::string operation_id
) {
    auto outcome = new_outcome(parts_, ingestion_status::succeeded);
    outcome.operation_id = operation_id;
    auto stored = co_await store_rows(item, outcome);
    if (stored) {
        count_rows(item.message, *stored);
        co_return outcome;
    }
    auto why = stored.error();
    if (why.next == remedy::retry) {
        parts_.log.warning(
            "ingestion failed for now; the message is delivered again",
            {{"source_id", item.message.id}, {"detail", why.detail}}
        );
        co_return std::nullopt;
    }
    outcome.status = ingestion_status::failed;
    outcome.why = std::move(why);
    bool recorded = co_await record(item, outcome);
    if (!recorded) co_return std::nullopt;
    co_return outcome;
}

void ingest_worker::count_rows(const ingestion_message& message, const blob_ingest_result& stored) {
    parts_.stats.rows += stored.record.rows;
    parts_.stats.raw_bytes += stored.record.raw_bytes;
    parts_.stats.dropped_records += stored.dropped;
    check_raw_size(message, stored.record.raw_bytes);
}

void ingest_worker::check_raw_size(const ingestion_message& message, std::uint64_t raw_bytes) {
    if (!message.raw_size) ++parts_.stats.raw_size_missing;
    if (!message.raw_size || *message.raw_size == raw_bytes) return;
    ++parts_.stats.raw_size_mismatches;
    parts_.log.warning(
        "RawDataSize is wrong",
        {{"source_id", message.id},
         {"given", std::to_string(*message.raw_size)},
         {"actual", std::to_string(raw_bytes)}}
    );
}

}  // namespace kustodrop::emulator
