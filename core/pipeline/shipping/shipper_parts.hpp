#pragma once

#include "async/budget.hpp"
#include "async/clock.hpp"
#include "async/offload.hpp"
#include "azure/storage/blob.hpp"
#include "azure/storage/queue.hpp"
#include "azure/storage/table.hpp"
#include "base/log.hpp"
#include "base/metrics.hpp"
#include "base/secret.hpp"
#include "kusto/notifications.hpp"
#include "kusto/rest/rest_access.hpp"
#include "kusto/storage_router.hpp"
#include "kusto/streaming/streaming_client.hpp"
#include "pipeline/ready_queue.hpp"
#include "pipeline/roster.hpp"
#include "pipeline/shipping/cluster_line.hpp"
#include "pipeline/shipping/small_contents.hpp"
#include "pipeline/watch/watch_table.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace kustodrop::pipeline {

/// What takes the place of a notification: the answer to a streaming request.
using answer_handler = std::function<void(const kusto::notification&)>;

/// What shippers work with, and what outlives them; large because they need a whole cluster.
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
    kusto::rest_access rest = {};
    // How many bytes of a source were read for its upload. Empty: not reported.
    std::function<void(const std::string& source_id, std::uint64_t bytes)> read_progress = {};
    kusto::streaming_client* streaming = nullptr;  // Null: everything is queued.
    answer_handler answered = {};                  // Of what is streamed.
    cluster_line cluster = {};
};

}  // namespace kustodrop::pipeline
