#pragma once

#include "async/event.hpp"
#include "async/task_group.hpp"
#include "pipeline/absent_sources.hpp"
#include "pipeline/cluster_sides.hpp"
#include "pipeline/following/follower.hpp"
#include "pipeline/intake/intake.hpp"
#include "pipeline/intake/named_files.hpp"
#include "pipeline/intake/opening/first_openings.hpp"
#include "pipeline/renaming.hpp"
#include "pipeline/retiring/retirer.hpp"
#include "pipeline/retrying/retry.hpp"
#include "pipeline/watch/hung_folder.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kustodrop::pipeline {

/// What the engine is built on; all of it outlives the engine.
struct engine_parts {
    asio::any_io_executor executor;
    spool::journal& journal;
    // A cluster each. Without one sources are resumed and none is shipped.
    std::vector<service_parts> clusters;
    worker_pool& pool;
    clock& time;
    random_generator& random;
    logger& log;
    metrics& measured;
};

struct engine_options {
    std::string state_directory = {};                // Named in the locks of watched folders.
    bool inotify = true;                             // False: watched folders are polled.
    std::uint64_t shippers = 4;                      // Of each cluster.
    std::uint64_t upload_memory_bytes = 64u << 20u;  // The same.
    ready_options ready = {};
    shipper_options shipping = {};
    outcomes_options outcomes = {};
};

/// Follows sources on their way; `send` reports each of them.
class engine_observer {
public:
    virtual void moved(const spool::source& what) = 0;  // To the stage posting, posted or settled.
    virtual void read(const std::string& source_id, std::uint64_t bytes) = 0;

protected:
    ~engine_observer() = default;
};

/// What calls read() of an observer; nothing without one.
inline std::function<void(const std::string&, std::uint64_t)> reads_of(engine_observer* observer) {
    if (!observer) return {};
    return [observer](const std::string& id, std::uint64_t bytes) { observer->read(id, bytes); };
}

/// Files that were not shipped when the engine was stopped.
struct unshipped_files {
    std::size_t claimed = 0;
    std::size_t in_folders = 0;  // Not claimed.
    std::string names;           // Of the first claimed ones.
};

/// Large because it is the one composition: it builds, starts, stops and joins every part of the
/// pipeline, and routes between them.
///
/// The pipeline that `run`, `send` and `retry` share: the roster and the ready queue, the intakes
/// of the watches, the shippers, the poller for outcomes, the retirers. A part hands a source on
/// through `routing`; whatever an earlier run left is resumed through reconcile().
class engine final : private routing {
public:
    engine(engine_parts parts, engine_options options, engine_observer* observer = nullptr);

    /// Reads from the journal what is not retired, for the watches that follow. Of `configured`
    /// those that have another name by now keep what is theirs. Call it once, before any of them
    /// is opened. Blocking.
    result<void> resume(const std::vector<watch_options>& configured);

    /// The same without blocking, for there may be a million: a worker reads the journal.
    asio::awaitable<result<void>> resume_meanwhile(const std::vector<watch_options>& configured);

    /// These are configured from now on. Of those that are added or moved, the ones that have the
    /// folder of another watch know what is kept there. Call it before any of them changes.
    /// Blocking.
    result<void> take_over_folders(const std::vector<watch_options>& configured) {
        auto is_open = [this](const std::string& watch) { return find_watcher(watch) != nullptr; };
        return pipeline::take_over_folders(configured, is_open, with_.journal, absent_);
    }

    /// The watch is there from now on, as one whose folder is not open yet.
    void expect_watch(watch_options options);

    /// Opens the folders of all expected watches, several at a time, and resumes their sources. Of
    /// those that failed, or did not answer within `patience`, it says why: the started engine
    /// keeps trying, and one that hangs continues by itself. Call it once.
    asio::awaitable<opening_failures> open_watches(duration patience);

    /// A watch more while the engine runs, which opens the folder itself.
    void add_watch(watch_options options);

    /// The watch has another name from now on: its folder, its sources and what it keeps stay with
    /// it. `to` is not the name of another watch. change() its watcher afterwards.
    void rename_watch(const std::string& from, const std::string& to);

    /// From now on the service's reports on sources of watches that were not opened are awaited.
    void expect_absent();

    /// Files that the caller names instead of a watched folder. Blocking.
    result<named_files*> open_named_files(watch_options options);

    /// Sources of watches that were not opened stay in the journal; their number by watch.
    std::map<std::string, std::size_t> unclaimed() const { return absent_.count(); }

    /// Starts every task: call it once, when all watches are opened.
    void start();

    /// Obeyed from the next source and the next poll on. Of `options` only shipping and outcomes
    /// can change while the engine runs.
    void set_options(const engine_options& options);

    /// Claims no more. With `whole_folders` it first claims what lies in them.
    void stop_intake(bool whole_folders);

    /// Waits until the intakes and shippers have ended, or until `deadline`. True: all have.
    asio::awaitable<bool> join_shipping(time_point deadline);

    /// Ends the intakes and the ready queue, so that shippers end with the request in hand.
    void close();
    unshipped_files unshipped();

    /// Ends all tasks; how many of those that ship were cut short.
    std::size_t cancel();
    asio::awaitable<void> join(time_point deadline);

    roster& sources() { return sources_; }
    watch_table& watches() { return watches_; }
    watcher* find_watcher(const std::string& watch);
    retirer* find_retirer(const std::string& watch);
    const cluster_sides& clusters() const { return clusters_; }
    retry_parts for_retry();

    /// Why nothing of what is sent to a cluster gets through, if so. `cluster`: its index.
    std::optional<failure> delivery_trouble(std::size_t cluster);

    /// Why nothing can be done in the folder of a watch: it is not open or does not answer.
    std::optional<failure> folder_trouble(const std::string& watch);

    /// Why the files of a watch are not taken or not sent, whatever else is well: its folder is not
    /// open or does not answer, or storage or the service refuses what it sends.
    std::optional<failure> trouble_of(const std::string& watch);

    /// When the next source of each watch is tried, of watches of which none is due.
    std::map<std::string, time_point> next_attempts() const { return ready_.next_attempts(); }

    /// Logs failures that have ended. Call it now and then.
    void report_ended_failures() { clusters_.report_ended_failures(); }

private:
    void posted(spool::source& what) override;
    void unanswered(spool::source& what) override;
    void settled(spool::source& what) override;
    void changed(spool::source& what) override;

    result<void> read_unretired();
    cluster_sides::options options_of_clusters() const;
    watch& add(watch_options options);
    watcher& add_watcher(watch& from);
    bool has_shipped_all();
    asio::awaitable<void> read_events();
    asio::awaitable<void> watch_threads();
    asio::awaitable<void> pack_idle();
    asio::awaitable<void> watch_clusters();

    engine_parts with_;
    engine_options options_;
    engine_observer* observer_;
    std::unique_ptr<spool::inotify> events_;
    roster sources_;
    absent_sources absent_;
    watch_table watches_;
    ready_queue ready_;
    small_contents contents_;
    cluster_sides clusters_;
    std::map<std::string, std::unique_ptr<watcher>> watchers_;
    std::map<std::string, std::unique_ptr<retirer>> retirers_;
    std::unique_ptr<named_files> named_;
    hung_folders hung_;
    event idle_;           // There is something to pack_idle.
    task_group shipping_;  // Ends by itself when the engine is closed.
    task_group serving_;   // Until it is cancelled.
};

}  // namespace kustodrop::pipeline
