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
#include "kusto/rest/rest_access.hpp"
#include "kusto/storage_router.hpp"
#include "pipeline/ready_queue.hpp"
#include "pipeline/roster.hpp"
#include "pipeline/routing.hpp"
#include "pipeline/shipping/attempt_log.hpp"
#include "pipeline/shipping/posting/post_marks.hpp"
#include "pipeline/shipping/posting/rest_poster.hpp"
#include "pipeline/watch/watch_table.hpp"

#include <optional>
#include <string>

namespace kustodrop::pipeline {

struct poster_parts {
    roster& sources;
    const ready_queue& ready;
    spool::journal& journal;
    storage_router& router;
    refreshed<secret>& identity_token;
    azure::queue_client& queues;
    azure::table_client& tables;
    clock& time;
    logger& log;
    metrics& measured;
    attempt_log& attempts;
    target_hold& targets;
    routing& next;
    kusto::rest_access rest = {};
    cluster_line cluster = {};
};

/// What every message says of this daemon.
struct post_options {
    kusto::reporting reports = {};
    std::string client_version = {};
};

/// How an attempt to post a source ended.
enum class post_end {
    posted,      // The service has it.
    nothing,     // Nothing was posted: it has moved on, or its blob is to be uploaded again.
    on_its_way,  // In a request with others; who called run_with() hears how that ends.
};

/// Posts an uploaded source the way that is chosen now: as an ingestion message in a queue, or by
/// REST. The stage `posting` is on disk before the request is sent, so that a post whose answer is
/// lost is known after any crash.
class poster {
public:
    explicit poster(const poster_parts& parts);

    asio::awaitable<result<post_end>> post(
        std::string source_id, watch& from, post_options options
    );

    /// See rest_poster. Without it nothing is ever `on_its_way`.
    void run_with(rest_poster::starter start, rest_poster::end_handler ended) {
        rest_.run_with(std::move(start), std::move(ended));
    }

    /// What answers to posts by REST mean for those to come.
    const rest_answers& answers_by_rest() const { return rest_.answers(); }

private:
    bool leaves_to_queue(const std::string& source_id, const watch& from);
    asio::awaitable<result<post_end>> post_in_queue(
        std::string source_id, watch& from, post_options options
    );
    asio::awaitable<result<post_end>> post_by_rest(std::string source_id, watch& from);
    std::optional<http::url> blob_place(spool::source& what);
    asio::awaitable<result<void>> add_status_row(kusto::ingestion_request& request, unsigned post);
    void after_post(const std::string& source_id, const result<void>& sent);

    poster_parts with_;
    post_marks marks_;
    rest_poster rest_;
};

}  // namespace kustodrop::pipeline
