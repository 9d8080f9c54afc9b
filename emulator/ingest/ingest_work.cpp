// The second half of ingest_run: what happens to one message after its batch was sealed.
#include "emulator/ingest/ingest_run.hpp"

#include <algorithm>
#include <utility>

namespace kustodrop::emulator {

static constexpr std::uint64_t part_bytes = std::uint64_t{4} << 20u;
static constexpr unsigned attempts_of_each_request = 4;
static constexpr duration first_pause = 250ms;

/// Holds the right to write rows; gives it back when it goes.
class ingest_run::turn {
public:
    explicit turn(ingest_run& run) : run_(run) { run_.storing_ = true; }
    ~turn() {
        run_.storing_ = false;
        run_.storing_ended_.notify_all();
    }
    turn(const turn&) = delete;
    turn& operator=(const turn&) = delete;

private:
    ingest_run& run_;
};

asio::awaitable<void> ingest_run::work() {
    for (;;) {
        auto next = co_await jobs_.pop();
        if (!next) co_return;
        auto one = std::move(*next);
        co_await process(std::move(one));
    }
}

void ingest_run::let_go(const job& job) {
    for (auto& key : job.tags_in_flight) {
        auto at = tags_in_flight_.find(key);
        if (at != tags_in_flight_.end()) tags_in_flight_.erase(at);
    }
    in_hand_.erase(job.item.ticket.message_id);
    --parts_.stats.in_hand;
}

asio::awaitable<void> ingest_run::process(job one) {
    bool ready = one.recorded;
    if (!one.verdict) {
        one.verdict = co_await ingest(one.item, one.operation_id);
        ready = one.verdict.has_value();
    } else if (!one.recorded) {
        ready = co_await record(one.item, *one.verdict);
    }
    if (!ready) {
        // The queue gives it out again when its lease has run out.
        ++parts_.stats.put_off;
        let_go(one);
        co_return;
    }
    if (!one.recorded) count(*one.verdict, one.item.message);
    bool told = co_await report(one.item.message, *one.verdict);
    if (told) co_await remove(one.item.ticket.message_id);
    let_go(one);
}

void ingest_run::count(const ingestion_verdict& verdict, const ingestion_message& message) {
    auto& stats = parts_.stats;
    if (verdict.status == ingestion_status::succeeded) ++stats.succeeded;
    if (verdict.status == ingestion_status::skipped) ++stats.skipped;
    if (verdict.status != ingestion_status::failed) return;
    ++stats.failed;
    ++stats.errors[verdict.why->code.text()];
    if (message.id.empty()) ++stats.corrupted;
    parts_.log.info(
        "ingestion failed",
        {{"source_id", message.id},
         {"table", message.database + "." + message.table},
         {"code", verdict.why->code.text()},
         {"why", verdict.why->detail}}
    );
}

static std::string_view word_for(ingestion_status status) {
    if (status == ingestion_status::succeeded) return "succeeded";
    return status == ingestion_status::skipped ? "skipped" : "failed";
}

ingestion_record ingest_run::record_of(
    const pending_ingestion& item, const ingestion_verdict& verdict
) const {
    ingestion_record out;
    out.message_id = item.ticket.message_id;
    out.source_id = item.message.id;
    out.blob = item.message.source_path();
    out.database = item.message.database;
    out.table = item.message.table;
    out.operation_id = verdict.operation_id;
    out.status = word_for(verdict.status);
    if (verdict.status == ingestion_status::failed && verdict.why) {
        out.code = verdict.why->code.text();
        out.details = verdict.why->detail;
    }
    out.at = seven_digit_time(verdict.at);
    return out;
}

/// False: it could not be written down, so the message must stay.
asio::awaitable<bool> ingest_run::record(pending_ingestion item, ingestion_verdict verdict) {
    while (storing_) co_await storing_ended_.wait();
    turn mine(*this);
    auto write = [this, record = record_of(item, verdict)] {
        auto done = parts_.tables.record(record);
        return done ? std::string() : done.error().detail;
    };
    auto why = co_await offload(parts_.pool, std::move(write));
    if (!why.empty()) parts_.log.warning("message not recorded", {{"why", why}});
    co_return why.empty();
}

/// Nothing: a transient failure, the message is to be left where it is.
asio::awaitable<std::optional<ingestion_verdict>> ingest_run::ingest(
    pending_ingestion item, std::string operation_id
) {
    failure none;
    auto verdict = failed(std::move(none));
    verdict.operation_id = operation_id;
    result<blob_ingest_result> stored = failure{};
    auto blob = co_await download(item.message.blob);
    if (blob) {
        while (storing_) co_await storing_ended_.wait();
        turn mine(*this);
        verdict.status = ingestion_status::succeeded;
        verdict.at = parts_.time.wall_now();
        blob_ingest_request request;
        request.message = item.message;
        request.record = record_of(item, verdict);
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
        stored = std::move(*done);
    } else {
        stored = blob.error();
    }
    if (stored) {
        parts_.stats.rows += stored->record.rows;
        parts_.stats.raw_bytes += stored->record.raw_bytes;
        parts_.stats.dropped_records += stored->dropped;
        check_raw_size(item.message, stored->record.raw_bytes);
        co_return verdict;
    }
    auto why = stored.error();
    if (why.next == remedy::retry) {
        parts_.log.warning(
            "ingestion put off", {{"source_id", item.message.id}, {"why", why.detail}}
        );
        co_return std::nullopt;
    }
    verdict.status = ingestion_status::failed;
    verdict.why = std::move(why);
    bool recorded = co_await record(item, verdict);
    if (!recorded) co_return std::nullopt;
    co_return verdict;
}

void ingest_run::check_raw_size(const ingestion_message& message, std::uint64_t raw_bytes) {
    if (!message.raw_size) ++parts_.stats.raw_size_missing;
    if (!message.raw_size || *message.raw_size == raw_bytes) return;
    ++parts_.stats.raw_size_mismatches;
    parts_.log.warning(
        "RawDataSize is wrong",
        {{"source_id", message.id},
         {"said", std::to_string(*message.raw_size)},
         {"is", std::to_string(raw_bytes)}}
    );
}

asio::awaitable<result<blob_part>> ingest_run::read_part(
    http::url blob, std::uint64_t offset, std::string etag
) {
    auto pause = first_pause;
    for (unsigned attempt = 1;; ++attempt) {
        auto part = co_await storage_.read_blob(blob, offset, part_bytes, etag);
        if (part || part.error().next != remedy::retry) co_return part;
        if (attempt == attempts_of_each_request) co_return part;
        auto wake = parts_.time.now() + pause;
        co_await parts_.time.sleep_until(wake);
        pause *= 2;
    }
}

asio::awaitable<result<downloaded_blob>> ingest_run::download(http::url blob) {
    auto out = std::make_shared<downloaded_blob>();
    std::string etag;
    for (;;) {
        auto part = co_await read_part(blob, out->size(), etag);
        if (!part) co_return part.error();
        auto total = part->total;
        bool ended = part->bytes.empty();
        etag = part->etag;
        if (total <= part_bytes) {
            out->append(std::move(part->bytes));
        } else {
            auto keep = [out, bytes = std::make_shared<std::string>(std::move(part->bytes))] {
                out->append(std::move(*bytes));
            };
            co_await offload(parts_.pool, std::move(keep));
        }
        if (out->size() >= total || ended) co_return std::move(*out);
    }
}

/// False: nobody could be told, so the message must stay.
asio::awaitable<bool> ingest_run::report(ingestion_message message, ingestion_verdict verdict) {
    if (message.id.empty()) co_return true;
    auto places = places_for(message, verdict.status);
    bool is_failure = verdict.status == ingestion_status::failed;
    auto pause = first_pause;
    for (unsigned attempt = 1; places.queue || places.table; ++attempt) {
        result<> done;
        // The entity first: who hears from the queue may look there.
        if (places.table) {
            auto text = status_entity_text(message, verdict);
            done = co_await storage_.merge_status(*message.status, text);
            if (done || done.error().next != remedy::retry) places.table = false;
            if (!done) parts_.log.warning("status not written", {{"why", done.error().detail}});
        } else {
            auto text = notification_text(message, verdict);
            done = co_await storage_.put_notification(is_failure, text);
            if (done) places.queue = false;
            if (!done) parts_.log.warning("nobody notified", {{"why", done.error().detail}});
        }
        if (done) ++parts_.stats.notifications;
        if (done || (!places.queue && !places.table)) continue;
        if (attempt >= attempts_of_each_request) co_return false;
        auto wake = parts_.time.now() + pause;
        co_await parts_.time.sleep_until(wake);
        pause *= 2;
    }
    if (!is_failure && !message.retain_blob) {
        // The SAS may not allow it; then the container's own end takes the blob along.
        auto done = co_await storage_.delete_blob(message.blob);
        if (!done) parts_.log.debug("blob not deleted", {{"why", done.error().detail}});
    }
    co_return true;
}

asio::awaitable<void> ingest_run::remove(std::string message_id) {
    auto pause = first_pause;
    for (unsigned attempt = 1; attempt <= attempts_of_each_request; ++attempt) {
        // By the newest receipt: the message may have been given out again meanwhile.
        auto ticket = in_hand_.at(message_id);
        auto done = co_await storage_.delete_message(ticket);
        if (done) co_return;
        parts_.log.info("message not deleted", {{"id", message_id}, {"why", done.error().detail}});
        auto wake = parts_.time.now() + pause;
        co_await parts_.time.sleep_until(wake);
        pause *= 2;
    }
}

}  // namespace kustodrop::emulator
