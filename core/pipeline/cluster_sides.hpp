#pragma once

#include "async/budget.hpp"
#include "async/task_group.hpp"
#include "pipeline/cluster_names.hpp"
#include "pipeline/failover/failover_keeper.hpp"
#include "pipeline/outcomes/outcomes.hpp"
#include "pipeline/shipping/shipper.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kustodrop::pipeline {

/// A cluster as the pipeline uses it.
struct service_parts {
    storage_router& router;
    refreshed<secret>& identity_token;
    azure::blob_client& blobs;
    azure::queue_client& queues;
    azure::table_client& tables;
    kusto::rest_access rest = {};
    kusto::streaming_client* streaming = nullptr;  // Null: everything is queued.
    std::string cluster = {};     // Its name in the configuration; empty: it is the only one.
    logger* log = nullptr;        // With its name; null: that of the engine.
    metrics* measured = nullptr;  // The same.
    // Why the service has not given what requests need, so that nothing can be sent. Empty:
    // unknown.
    std::function<std::optional<failure>()> unusable = {};
};

/// What all clusters share; it outlives them.
struct shared_parts {
    asio::any_io_executor executor;
    roster& sources;
    absent_sources& absent;
    ready_queue& ready;
    small_contents& contents;
    watch_table& watches;
    spool::journal& journal;
    worker_pool& pool;
    clock& time;
    random_generator& random;
    logger& log;
    metrics& measured;
    routing& next;
    std::function<void(const std::string& source_id, std::uint64_t bytes)> read_progress = {};
};

/// The remote side of the pipeline: for each cluster its shippers and its poller for outcomes, with
/// a line in the ready queue and memory of its own. So none waits for another.
class cluster_sides {
public:
    explicit cluster_sides(shared_parts with)
        : with_(std::move(with)),
          failover_({names_, with_.watches, with_.ready, with_.time, with_.log, with_.measured}) {}

    struct options {
        std::uint64_t shippers = 4;  // Of each cluster, like the memory.
        std::uint64_t upload_memory_bytes = 0;
        shipper_options shipping = {};
        outcomes_options outcomes = {};
    };
    void add(const service_parts& service, const options& wanted);
    void set_options(const options& wanted);

    bool empty() const { return all_.empty(); }
    const cluster_names& names() const { return names_; }

    /// Starts their tasks: those that end with the ready queue, and those that are cancelled.
    void start(task_group& shipping, task_group& serving, std::uint64_t shippers);

    /// The index of the cluster that a source belongs to now.
    std::size_t index_of(const spool::source& what) const;

    /// Its outcome is awaited from now on.
    void expect(const spool::source& posted);

    /// Finds clusters that do not work, where watches have `failover`. Call it once a second.
    void look_at_clusters();

    /// What a watch with `failover` does now; nothing where it has none.
    std::optional<failover_state> failover_of(const std::string& watch) const {
        return failover_.state_of(watch);
    }

    const outcomes& poller(std::size_t index) const { return *all_[index]->polling; }

    /// Why nothing of what is sent to a cluster gets through, if so.
    /// `could_go_on`: whether a watch would send something now, but for that.
    std::optional<failure> trouble(
        std::size_t index, const std::function<bool(const std::string& watch)>& could_go_on
    ) const;

    /// Why files of a watch for this target are queued although they were to be streamed, if so.
    std::optional<streaming_ways::pause> streaming_pause(
        const std::string& watch, const std::string& target
    ) const;

    /// Why a table of the watch gets queue messages although REST is the way of posts, if so.
    std::optional<rest_ways::detour> rest_detour(const std::string& watch) const;

    /// Why sources of the watch are not posted by REST although others may be, if so.
    std::optional<failure> post_trouble(const std::string& watch) const;

    /// What sends the files of the watch to its own cluster; null where there is no cluster.
    const shipper* shipping_of(const std::string& watch) const;

    /// Why files of the watch are not sent, whatever else is well.
    std::optional<failure> hold_of(const std::string& watch) const;

    /// Whether reads in the folder of the watch do not return.
    bool reads_hang(const std::string& watch) const;

    /// Finds reads that hang. Call it once a second.
    void look_at_reads();

    /// Logs failures that have ended. Call it now and then.
    void report_ended_failures();

private:
    struct side {
        side(const asio::any_io_executor& executor, std::uint64_t memory_bytes)
            : memory(executor, memory_bytes) {}
        budget memory;
        std::unique_ptr<shipper> shipping;
        std::unique_ptr<outcomes> polling;
        storage_router* router = nullptr;
        azure::blob_client* blobs = nullptr;
        std::function<std::optional<failure>()> unusable;
    };
    cluster_look look_at(const side& one) const;
    asio::awaitable<void> probe(std::size_t index);
    bool is_streamed_to(std::size_t index) const;
    shipper_parts shipper_parts_for(const service_parts& service, side& made);
    const side* side_of(const std::string& watch) const;

    shared_parts with_;
    cluster_names names_;
    failover_keeper failover_;
    std::vector<std::unique_ptr<side>> all_;
};

}  // namespace kustodrop::pipeline
