#pragma once

#include "base/backoff.hpp"
#include "pipeline/dividing.hpp"
#include "pipeline/in_hand.hpp"
#include "pipeline/ready_queue.hpp"
#include "pipeline/roster.hpp"
#include "pipeline/routing.hpp"
#include "pipeline/shipping/attempt_log.hpp"
#include "pipeline/shipping/posting/poster.hpp"
#include "pipeline/shipping/retry_waits.hpp"
#include "pipeline/shipping/shipment.hpp"
#include "pipeline/shipping/shipper_options.hpp"
#include "pipeline/shipping/shipper_parts.hpp"
#include "pipeline/shipping/storage_hold.hpp"
#include "pipeline/shipping/streaming/streamer.hpp"
#include "pipeline/shipping/streaming/streaming_slots.hpp"
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

namespace kustodrop::pipeline {

/// Carries sources to the stage `posted`: upload, then post, each journaled before
/// the next begins. What fails goes back in line with a wait; nothing is ever dropped.
///
/// Large because every reason to hold a source back is looked at in one place, before each step.
class shipper {
public:
    shipper(shipper_parts parts, shipper_options options, routing& next);

    /// Ships one source after the other until the ready queue is closed. Spawn it
    /// `upload.concurrency` times.
    asio::awaitable<void> run();

    /// Requests that hold several sources run by themselves from now on, started so: no shipper
    /// waits for them.
    void run_requests_with(rest_poster::starter start);

    /// Obeyed from the next source on.
    void set_options(shipper_options options) { options_ = std::move(options); }

    /// Finds reads that hang. Call it once a second.
    void look_at_reads() {
        lanes_.look();
        slots_.look();
    }

    /// Whether reads in the folder of the watch do not return.
    bool reads_hang(const std::string& watch) const { return lanes_.hangs(watch); }

    /// Why files of the watch are not sent, whatever else is well.
    std::optional<failure> hold_of(const std::string& watch) const { return holds_.reason(watch); }

    /// Why what watches of this target would stream is queued, if so.
    std::optional<streaming_ways::pause> streaming_pause(const std::string& target) const {
        return streamer_.paused(target);
    }

    /// Why sources of the watch are not posted by REST, if so.
    std::optional<failure> post_trouble(const std::string& watch) const {
        return poster_.answers_by_rest().trouble(watch);
    }

    /// Which files of the watch are too large to be posted by REST, if any are.
    std::optional<notice> oversized(const std::string& watch) const {
        return poster_.answers_by_rest().oversized(watch);
    }

    /// Which claimed files of the watch cannot be read, if any.
    std::optional<notice> unread(const std::string& watch) const { return attempts_.unread(watch); }

    /// Why a table of the watch gets queue messages although REST is the way of posts, if so.
    std::optional<rest_ways::detour> rest_detour(const std::string& watch) const {
        return poster_.answers_by_rest().detour_of(watch);
    }

    /// Why nothing of what is sent gets through, if so.
    /// `could_go_on`: whether a watch would send something now, but for that.
    std::optional<failure> trouble(const std::function<bool(const std::string& watch)>& could_go_on
    ) const {
        return attempts_.trouble(could_go_on);
    }

    /// Whether nothing that is sent has failed since the last success.
    bool is_clear() const { return attempts_.is_clear(); }

    /// What failed last and has not succeeded since, trouble or not.
    std::optional<failure> last_failure() const { return attempts_.last_failure(); }

    /// What failed so far says nothing any more: the next attempts show whether the cluster works.
    void presume_well() { attempts_.presume_well(); }

    /// Logs failures that have ended. Call it now and then.
    void report_ended_failures() { attempts_.report_ended(); }

private:
    asio::awaitable<bool> ship(std::string source_id);
    // Of several clusters: what waits for the service waits in line, where it can go elsewhere.
    asio::awaitable<void> wait_for_cluster() {
        while (!with_.cluster.can_send() && !with_.ready.is_closed()) {
            co_await with_.time.sleep_until(with_.time.now() + 250ms);
        }
    }
    // Its watch goes to another cluster by now, or this one may leave it to another soon: it is
    // put in line again.
    bool pass_on(const spool::source& what) {
        if (with_.cluster.is_of(what) && with_.cluster.can_send()) return false;
        with_.ready.push(what.id, with_.time.now());
        return true;
    }
    bool isolate(const spool::source& what);
    bool hold(spool::source& what, const watch& from);
    bool hold_for_storage(const spool::source& what);
    bool hold_for_folder(const spool::source& what);
    bool await_writer(spool::source& what, const watch& from);
    asio::awaitable<result<post_end>> step(std::string source_id, watch& from, bool streams);
    void note_arrived(const std::string& source_id, const std::string& watch) {
        waits_.succeeded();
        waits_.forget(source_id);
        with_.cluster.worked(watch);
    }
    void note_posted(const std::string& source_id, const std::string& watch);
    void request_ended(const std::string& source_id, const result<bool>& posted);
    asio::awaitable<result<void>> upload(std::string source_id, watch& from, bool streams);
    void handle_failure(const std::string& source_id, const failure& problem);
    after_failure next_after(const spool::source& what, const failure& problem);
    void try_again(const spool::source& what, const failure& problem);
    using blamed_file = std::unordered_map<std::string, std::size_t>::node_type;
    void split_source(spool::source& what, const failure& problem, const blamed_file& blamed);
    void reject(spool::source& what, spool::outcome outcome, const failure& problem);

    shipper_parts with_;
    shipper_options options_;
    routing& next_;
    retry_waits waits_;
    reading_lanes lanes_;
    storage_holds holds_;
    target_hold target_hold_;
    attempt_log attempts_;
    source_opening opening_;
    uploader uploader_;
    poster poster_;
    streamer streamer_;
    streaming_slots slots_;
    unanswered_posts unanswered_;
    unfinished_files unfinished_;
    suspects suspects_;
    std::unordered_map<std::string, std::size_t> blamed_;  // By source: its file not read.
};

}  // namespace kustodrop::pipeline
