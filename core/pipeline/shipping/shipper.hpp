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
#include "pipeline/dividing.hpp"
#include "pipeline/ready_queue.hpp"
#include "pipeline/roster.hpp"
#include "pipeline/routing.hpp"
#include "pipeline/shipping/attempt_log.hpp"
#include "pipeline/shipping/poster.hpp"
#include "pipeline/shipping/retry_budget.hpp"
#include "pipeline/shipping/shipment.hpp"
#include "pipeline/shipping/shipper_options.hpp"
#include "pipeline/shipping/small_contents.hpp"
#include "pipeline/shipping/storage_hold.hpp"
#include "pipeline/shipping/target_hold.hpp"
#include "pipeline/shipping/unanswered.hpp"
#include "pipeline/shipping/unfinished.hpp"
#include "pipeline/shipping/uploader.hpp"
#include "pipeline/shipping/uploading/reading_lanes.hpp"
#include "pipeline/watch/watch_table.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>

namespace kustodrop::pipeline {

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
    // How many bytes of a source were read for its upload. Empty: not reported.
    std::function<void(const std::string& source_id, std::uint64_t bytes)> read_progress = {};
};

/// Carries sources to the stage `posted`: upload, then post, each journaled before
/// the next begins. What fails goes back in line with a wait; nothing is ever dropped.
class shipper {
public:
    shipper(shipper_parts parts, shipper_options options, routing& next);

    /// Ships one source after the other until the ready queue is closed. Spawn it
    /// `upload.concurrency` times.
    asio::awaitable<void> run();

    /// Obeyed from the next source on.
    void set_options(shipper_options options) { options_ = std::move(options); }

    /// Finds reads that hang. Call it once a second.
    void look_at_reads() { lanes_.look(); }

    /// Whether reads in the folder of the watch do not return.
    bool reads_hang(const std::string& watch) const { return lanes_.hangs(watch); }

    /// Why files of the watch are not sent, whatever else is well.
    std::optional<failure> hold_of(const std::string& watch) const;

    /// Why nothing of what is sent gets through, if so.
    /// `could_go_on`: whether a watch would send something now, but for that.
    std::optional<failure> trouble(const std::function<bool(const std::string& watch)>& could_go_on
    ) const {
        return attempts_.trouble(could_go_on);
    }

    /// Logs failures that have ended. Call it now and then.
    void report_ended_failures() { attempts_.report_ended(); }

private:
    asio::awaitable<void> ship(std::string source_id);
    bool isolate(const spool::source& what);
    bool hold(spool::source& what, const watch& from);
    bool hold_for_storage(const spool::source& what);
    bool hold_for_folder(const spool::source& what);
    bool await_writer(spool::source& what, const watch& from);
    asio::awaitable<result<void>> step(std::string source_id, watch& from);
    asio::awaitable<result<void>> upload(std::string source_id, watch& from);
    void handle_failure(const std::string& source_id, const failure& problem);
    after_failure next_after(const spool::source& what, const failure& problem);
    void try_again(const spool::source& what, const failure& problem);
    void split_source(spool::source& what, const failure& problem);
    void reject(spool::source& what, spool::outcome outcome, const failure& problem);
    void count_bytes(const std::string& watch, const spool::blob_record& blob);

    shipper_parts with_;
    shipper_options options_;
    routing& next_;
    retry_budget budget_;
    reading_lanes lanes_;
    storage_holds holds_;
    target_hold target_hold_;
    attempt_log attempts_;
    uploader uploader_;
    poster poster_;
    std::unordered_map<std::string, unsigned> failures_in_a_row_;  // By source id.
    unanswered_posts unanswered_;
    unfinished_files unfinished_;
    std::optional<std::string> suspect_;       // The one that is tried, of those in hand at deaths.
    std::unordered_set<std::string> put_off_;  // Those whose turn came once, and was put off.
};

}  // namespace kustodrop::pipeline
