#pragma once

#include "async/clock.hpp"
#include "async/offload.hpp"
#include "async/recurring.hpp"
#include "async/work_queue.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "pipeline/ready_queue.hpp"
#include "pipeline/retiring/retirement.hpp"
#include "pipeline/roster.hpp"
#include "pipeline/watch/watch_table.hpp"
#include "spool/folder/open_folders.hpp"

#include <deque>
#include <map>
#include <string>
#include <vector>

namespace kustodrop::pipeline {

struct retirer_parts {
    roster& sources;
    ready_queue& ready;
    spool::journal& journal;
    worker_pool& pool;
    clock& time;
    random_generator& random;
    logger& log;
};

/// Moves the files of one watch to where their outcome sends them, after the outcome is durable
/// and never before. A move that fails is tried again; nothing is deleted instead of moved.
class retirer {
public:
    retirer(asio::any_io_executor executor, watch& from, retirer_parts parts);

    /// The source is settled; or it is posted and the watch acts on that.
    void submit(const spool::source& what);

    /// Works until cancelled.
    asio::awaitable<void> run();

    std::size_t waiting() const { return waiting_.size(); }

private:
    struct job {
        std::string id;
        std::vector<spool::slice> slices;
        file_action action = file_action::stay;
        bool is_settled = false;
        bool follows_growth = true;
        std::vector<std::string> errors;  // For the quarantine, one for each slice.
        wall_time at{};
    };
    struct done {
        std::vector<spool::slice> slices;                        // With their new locations.
        std::map<std::size_t, spool::file_identity> grown = {};  // By index: these were left.
        std::optional<failure> problem;
    };

    std::vector<job> take_batch();
    void expect_back(const job& one);
    std::optional<job> job_for(const std::string& id);
    static std::vector<done> act(const spool::drop_folder& folder, const std::vector<job>& jobs);
    static done act_on(
        const spool::drop_folder& folder, const job& one, spool::open_folders& through
    );
    static void sync_moved(
        const spool::drop_folder& folder, const std::vector<job>& jobs, std::vector<done>& results
    );
    static void act_on_file(
        const spool::drop_folder& folder,
        const job& one,
        std::size_t index,
        done& out,
        spool::open_folders& through
    );
    void finish(const job& asked, done how);
    void tell(const spool::source& what, const failure& problem);
    void follow_growth(
        const spool::source& what, const spool::slice& file, const spool::file_identity& now
    );
    void remember_kept(const spool::source& what, const spool::slice& file, spool::outcome outcome);
    void log_outcome(const spool::source& what, const spool::outcome_record& record);

    watch& watch_;
    retirer_parts with_;
    std::deque<std::string> waiting_;
    event arrived_;
    recurring troubles_;  // Of moves.
};

}  // namespace kustodrop::pipeline
