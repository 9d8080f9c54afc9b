#pragma once

#include "async/clock.hpp"
#include "base/log.hpp"
#include "kusto/ingestion_message.hpp"
#include "kusto/rest/post_answer.hpp"
#include "kusto/rest/rest_access.hpp"
#include "pipeline/roster.hpp"
#include "pipeline/shipping/attempt_log.hpp"
#include "pipeline/shipping/posting/post_marks.hpp"
#include "pipeline/shipping/posting/post_troubles.hpp"
#include "pipeline/shipping/posting/rest_ways.hpp"
#include "pipeline/shipping/target_hold.hpp"
#include "pipeline/watch/notices.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

namespace kustodrop::pipeline {

/// Does what the answers to posts by REST ask for (docs/protocol.md §3.4): to the sources that were
/// in the request, and to those to come. A target that is refused as such pauses its watch, or,
/// where the transport may be chosen, gets queue messages. Plain calls: what they record is queued
/// when they return, not yet durable.
class rest_answers {
public:
    struct parts {
        roster& sources;
        kusto::rest_access rest;
        clock& time;
        logger& log;
        attempt_log& attempts;
        post_marks& marks;
        target_hold& targets;
    };

    explicit rest_answers(parts with) : with_(with) {}

    using source_ids = std::vector<std::string>;

    /// A request for these sources, `first` among them, was answered. Failure: they are to be tried
    /// again later. No failure: the service has them, or they may go on at once, to where they are
    /// held or another way.
    result<void> learn(
        const source_ids& ids, const kusto::ingestion_request& first, kusto::post_reply reply
    );

    /// Why no such request is sent now, and in its retry_after for how long.
    std::optional<failure> closed(const kusto::ingestion_request& request) const;

    /// Whether a request goes as a queue message although REST is the way of posts.
    bool leaves_to_queue(const kusto::ingestion_request& request);

    /// It was refused in company: the next time it goes without.
    bool goes_alone(const std::string& source_id) const { return alone_.contains(source_id); }

    /// Why a table of the watch gets queue messages all the same, if so.
    std::optional<rest_ways::detour> detour_of(const std::string& watch) const {
        if (!with_.rest || !with_.rest.transports->may_choose()) return std::nullopt;
        return ways_.queued_of(watch, with_.time.now());
    }

    /// The source was posted another way.
    void forget(const std::string& source_id) {
        troubles_.forget(source_id);
        alone_.erase(source_id);
    }

    /// Why sources of the watch are not posted, if so.
    std::optional<failure> trouble(const std::string& watch) const;

    /// Which files of the watch the service refuses because they are too large, if it does. They
    /// are tried now and then, and hold up no other.
    std::optional<notice> oversized(const std::string& watch) const;

private:
    bool waits(const std::string& source_id) const;
    bool is_dealt_with(
        const source_ids& ids, const std::string& table, const kusto::post_reply& reply
    );
    void withdraw(const failure& why);
    bool queue_for_rights(const source_ids& ids, const std::string& table, const failure& why);
    bool is_held(kusto::post_step step) const;
    void take_back(const source_ids& ids, const kusto::post_reply& reply, bool is_held);
    void mark_lost(const source_ids& ids, const kusto::post_reply& reply);
    void note_trouble(
        const source_ids& ids, const std::string& table, const kusto::post_reply& reply
    );
    void note_accepted(
        const source_ids& ids, const std::string& table, const std::string& operation
    );

    parts with_;
    rest_ways ways_;
    post_troubles troubles_;
    std::unordered_set<std::string> alone_;
    std::uint64_t said_limit_ = 0;  // That larger ones are left to queues.
};

}  // namespace kustodrop::pipeline
