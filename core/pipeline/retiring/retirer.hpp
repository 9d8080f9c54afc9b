#pragma once

#include "async/clock.hpp"
#include "async/offload.hpp"
#include "async/recurring.hpp"
#include "async/work_queue.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "pipeline/retiring/file_moves.hpp"
#include "pipeline/retiring/open_files.hpp"
#include "pipeline/retiring/postponed.hpp"
#include "pipeline/retiring/retirement.hpp"
#include "pipeline/retiring/unmoved_files.hpp"
#include "pipeline/roster.hpp"
#include "pipeline/routing.hpp"
#include "pipeline/watch/watch_table.hpp"

#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace kustodrop::pipeline {

struct retirer_parts {
    roster& sources;
    spool::journal& journal;
    worker_pool& pool;
    clock& time;
    random_generator& random;
    logger& log;
    routing& next;
};

/// Moves the files of one watch to where their outcome sends them, after the outcome is durable
/// and never before. A move that fails is tried again; nothing is deleted instead of moved. What a
/// writer adds to a file after its upload becomes a source of its own; an archived file that a
/// writer has open is looked at until it is closed.
class retirer {
public:
    retirer(asio::any_io_executor executor, watch& from, retirer_parts parts);

    /// The source is settled; or it is posted and the watch acts on that.
    void submit(const spool::source& what);

    /// Works until cancelled.
    asio::awaitable<void> run();

    /// What retention has found in the archive: files that were written there.
    void look_into(std::vector<spool::written_file> files);
    const auto& looked_into() const { return open_.looked_into(); }

    std::size_t waiting() const { return waiting_.size(); }

    /// What could not be moved and is tried again, as "move_refused" or "disk_full"; nothing: all
    /// could.
    std::optional<notice> unmoved() const { return unmoved_.all(); }
    bool meets_full_disk() const { return unmoved_.meets_full_disk(); }

private:
    asio::awaitable<void> wait_for_work();
    std::vector<move_job> take_batch();
    void expect_back(const move_job& one);
    std::optional<move_job> job_for(const std::string& id);
    asio::awaitable<void> look_at_open_files();
    void take(added_file one);
    asio::awaitable<void> explain(std::vector<move_job>& jobs);
    void finish(const move_job& asked, move_result how);
    void finish_files(const move_job& asked, const spool::source& what, const move_result& how);
    void report_trouble(const spool::source& what, const failure& problem);
    std::vector<spool::source> successors(const spool::source& what, const move_result& how);
    void watch_open_files(const spool::source& what, const move_result& how);
    void remember_kept(const spool::source& what, const spool::slice& file, spool::outcome outcome);
    void log_outcome(const spool::source& what, const spool::outcome_record& record);

    watch& watch_;
    retirer_parts with_;
    std::deque<std::string> waiting_;
    postponed<std::string> held_;  // Ids of sources whose files a writer has open, or cannot move.
    open_files open_;
    event arrived_;
    recurring troubles_;  // Of moves.
    unmoved_files unmoved_;
};

}  // namespace kustodrop::pipeline
