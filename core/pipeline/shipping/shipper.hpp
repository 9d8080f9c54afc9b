#pragma once

#include "async/budget.hpp"
#include "async/clock.hpp"
#include "async/offload.hpp"
#include "azure/storage/blob.hpp"
#include "azure/storage/queue.hpp"
#include "azure/storage/table.hpp"
#include "base/backoff.hpp"
#include "base/log.hpp"
#include "kusto/storage_router.hpp"
#include "pipeline/outcomes/dividing.hpp"
#include "pipeline/ready_queue.hpp"
#include "pipeline/roster.hpp"
#include "pipeline/shipping/attempt_log.hpp"
#include "pipeline/shipping/block_upload.hpp"
#include "pipeline/shipping/retry_budget.hpp"
#include "pipeline/shipping/shipment.hpp"
#include "pipeline/shipping/shipper_options.hpp"
#include "pipeline/shipping/small_contents.hpp"
#include "pipeline/watch/watch_table.hpp"
#include "spool/reading/gzip.hpp"
#include "spool/reading/source_reader.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>

namespace kustodrop::pipeline {

/// What a shipper hands a source to when it is done with it.
struct shipped_to {
    std::function<void(spool::source&)> posted;  // The service has it: a notification will come.
    std::function<void(spool::source&)> unanswered;  // The service may have it: it may come.
    std::function<void(spool::source&)> settled;     // Skipped or rejected: never sent.
    std::function<void(spool::source&)> changed;     // The file is not what was claimed.
    // So many bytes of its files were read for the upload. Unset: nobody asks.
    std::function<void(const std::string& source_id, std::uint64_t bytes)> reading = {};
};

/// The parts of the daemon that shippers work with; all outlive them.
struct shipper_parts {
    roster& sources;
    ready_queue& ready;
    small_contents& contents;
    watch_table& watches;
    spool::journal& journal;
    storage_router& router;
    refreshed<secret>& identity_token;
    azure::blob_client& blobs;
    azure::queue_client& queues;
    azure::table_client& tables;
    budget& memory;
    worker_pool& pool;
    clock& time;
    random_generator& random;
    logger& log;
    metrics& measured;
};

/// Carries sources to the stage `posted`: upload, then post, each journaled before
/// the next begins. What fails goes back in line with a wait; nothing is ever dropped.
class shipper {
public:
    shipper(shipper_parts parts, shipper_options options, shipped_to next);

    /// Ships one source after the other until the ready queue is closed. Spawn it
    /// `upload.concurrency` times.
    asio::awaitable<void> run();

    /// Obeyed from the next source on.
    void set_options(shipper_options options) { options_ = std::move(options); }

    /// Says what the log owes of failures that have ended. Call it now and then.
    void tell_ends() { attempts_.tell_ends(); }

private:
    asio::awaitable<void> ship(std::string source_id);
    bool isolate(const spool::source& what);
    bool hold(spool::source& what, const watch& from);
    asio::awaitable<result<void>> step(std::string source_id, watch& from);
    asio::awaitable<result<void>> upload(std::string source_id, watch& from);
    asio::awaitable<result<spool::blob_record>> send_blob(
        spool::source what, watch& from, azure::storage_place container
    );
    upload_plan plan_for(std::uint64_t source_bytes) const;
    asio::awaitable<result<void>> post(std::string source_id, watch& from);
    asio::awaitable<result<void>> add_status_row(kusto::ingestion_request& request, unsigned post);
    void after_post(const std::string& source_id, const result<void>& sent);
    void take_back_post(const std::string& source_id);
    void take_stock(const std::string& source_id, const failure& problem);
    void tell_apart(spool::source& what, const failure& problem);
    void reject(spool::source& what, spool::outcome outcome, const failure& problem);
    void count_bytes(const std::string& watch, const spool::blob_record& blob);

    shipper_parts with_;
    shipper_options options_;
    shipped_to next_;
    spool::compression_gate gate_;
    retry_budget budget_;
    attempt_log attempts_;
    std::unordered_map<std::string, unsigned> failures_in_a_row_;  // By source id.
    std::optional<std::string> suspect_;       // The one that is tried, of those in hand at deaths.
    std::unordered_set<std::string> put_off_;  // Those whose turn came once, and was put off.
};

}  // namespace kustodrop::pipeline
