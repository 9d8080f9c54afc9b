#pragma once

#include "pipeline/routing.hpp"
#include "pipeline/shipping/shipper_options.hpp"
#include "pipeline/shipping/shipper_parts.hpp"
#include "pipeline/shipping/streaming/streaming_ways.hpp"
#include "pipeline/shipping/uploading/reading_lanes.hpp"
#include "pipeline/shipping/uploading/source_opening.hpp"

#include <memory>
#include <optional>
#include <string>

namespace kustodrop::pipeline {

/// Sends a small source in one request whose answer is its outcome. As with a message, the stage
/// `posting` is on disk before the request is sent.
class streamer {
public:
    streamer(
        const shipper_parts& parts, source_opening& opening, reading_lanes& lanes, routing& next
    )
        : with_(parts), opening_(opening), lanes_(lanes), next_(next) {}

    /// Whether the next attempt on this source streams it.
    bool streams(const spool::source& what, const watch& from, const shipper_options& options)
        const;

    /// True: its outcome is known, or it has moved on. False: it is to be queued, now. Failures: as
    /// of any attempt.
    asio::awaitable<result<bool>> send(std::string source_id, watch& from, shipper_options options);

    /// A request whose answer was lost and waited for long enough: queued from here on.
    void give_up_answer(spool::source& what);

    void forget(const std::string& source_id) { ways_.forget(source_id); }

    /// Why sources for this target are queued, if so.
    std::optional<streaming_ways::pause> paused(const std::string& target) const {
        return ways_.paused(target, with_.time.now());
    }

private:
    struct content {
        std::shared_ptr<spool::source_reader> reader;
        std::string bytes;
    };
    asio::awaitable<result<content>> read(
        spool::source what, const watch& from, shipper_options options
    );
    asio::awaitable<result<kusto::streaming_reply>> ask(
        kusto::streamed_source request, std::string_view bytes
    );
    asio::awaitable<result<bool>> post(
        std::string source_id, kusto::streamed_source request, const content& made
    );
    result<bool> after_post(
        const std::string& source_id, const kusto::streaming_reply& reply, time_point sent_at
    );
    void take_back(spool::source& what);
    void report(const spool::source& what, const kusto::streaming_reply& reply);
    void count(const spool::source& what, kusto::streaming_step step);

    const shipper_parts& with_;
    source_opening& opening_;
    reading_lanes& lanes_;
    routing& next_;
    streaming_ways ways_;
};

}  // namespace kustodrop::pipeline
