#pragma once

#include "async/clock.hpp"
#include "async/refreshed.hpp"
#include "azure/storage/queue.hpp"
#include "azure/storage/table.hpp"
#include "base/log.hpp"
#include "base/metrics.hpp"
#include "base/secret.hpp"
#include "kusto/ingestion_message.hpp"
#include "kusto/reporting.hpp"
#include "kusto/storage_router.hpp"
#include "pipeline/roster.hpp"
#include "pipeline/routing.hpp"
#include "pipeline/shipping/attempt_log.hpp"
#include "pipeline/watch/watch_table.hpp"

#include <string>

namespace kustodrop::pipeline {

struct poster_parts {
    roster& sources;
    spool::journal& journal;
    storage_router& router;
    refreshed<secret>& identity_token;
    azure::queue_client& queues;
    azure::table_client& tables;
    clock& time;
    logger& log;
    metrics& measured;
    attempt_log& attempts;
    routing& next;
};

/// What every message says of this daemon.
struct post_options {
    kusto::reporting reports = {};
    std::string client_version = {};
};

/// Posts the ingestion message of an uploaded source. The stage `posting` is on disk before the
/// request is sent, so that a post whose answer is lost is known after any crash.
class poster {
public:
    explicit poster(poster_parts parts) : with_(parts), next_(parts.next) {}

    /// True: the service has the message, and the source is `posted`. False: nothing was posted,
    /// because the source has moved on, or its blob is to be uploaded again.
    asio::awaitable<result<bool>> post(std::string source_id, watch& from, post_options options);

private:
    asio::awaitable<result<void>> add_status_row(kusto::ingestion_request& request, unsigned post);
    void after_post(const std::string& source_id, const result<void>& sent);
    void take_back_post(const std::string& source_id);

    poster_parts with_;
    routing& next_;
};

}  // namespace kustodrop::pipeline
