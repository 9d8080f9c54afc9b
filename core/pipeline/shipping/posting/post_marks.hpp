#pragma once

#include "async/clock.hpp"
#include "base/log.hpp"
#include "base/metrics.hpp"
#include "pipeline/roster.hpp"
#include "pipeline/routing.hpp"
#include "pipeline/shipping/cluster_line.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace kustodrop::pipeline {

/// A post that is about to be sent.
struct begun_post {
    std::string target;              // "Database.Table"
    std::uint64_t token_number = 0;  // Of the identity token in it; 0: none.
    bool in_table = false;           // Queued: reported in the status table, not in a queue.
    std::optional<spool::rest_post> rest = {};  // By REST: reported in its operation.
};

/// What is recorded of a post before and after it, whichever way it goes. Plain calls: what they
/// record is queued when they return, not yet durable.
class post_marks {
public:
    struct parts {
        roster& sources;
        clock& time;
        logger& log;
        metrics& measured;
        routing& next;
        cluster_line cluster = {};
    };

    explicit post_marks(parts with) : with_(with) {}

    /// The source of a stage with a blob is `posting` from now on. To be durable before the
    /// request is sent.
    void begin(spool::source& what, begun_post post);

    /// The service has it: `posted`. `operation` is that of a post by REST. False: the source has
    /// moved on meanwhile.
    bool accepted(const std::string& source_id, const std::string& operation = {});

    /// The answer was lost: the service may have it.
    void unanswered(const std::string& source_id);

    /// It is certain that the service never had it: as if it had not been posted.
    void take_back(const std::string& source_id, bool by_rest = false);

    /// Hands on what was accepted.
    void hand_on(const std::string& source_id);

private:
    spool::source* posting(const std::string& source_id);

    parts with_;
};

}  // namespace kustodrop::pipeline
