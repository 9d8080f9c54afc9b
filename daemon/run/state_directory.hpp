#pragma once

#include "daemon/run/stop_requests.hpp"
#include "daemon/service/connection.hpp"
#include "spool/folder/lock_file.hpp"
#include "spool/journal/journal.hpp"

#include <functional>
#include <memory>
#include <string>

namespace kustodrop::daemon {

/// The state directory of a running daemon: its lock and the journal in it.
class state_directory {
public:
    /// `waits`: called when it begins to wait, once.
    state_directory(
        surroundings around, std::string path, stop_requests& stops, std::function<void()> waits
    );
    ~state_directory();

    /// Locks the directory, which another daemon may hold: "state_locked". While the disk is full
    /// it waits; a stop requested meanwhile is the failure "stopped".
    asio::awaitable<result<void>> lock();

    /// Opens or creates the journal. Like lock(), it waits while the disk is full.
    asio::awaitable<result<void>> open_journal();

    /// What it waits for; empty while it does not.
    const std::string& trouble() const { return trouble_; }

    /// Null before open_journal().
    spool::journal* journal() const { return journal_.get(); }

    /// Writes what is still queued for the journal and closes it. Blocking.
    result<void> flush();

private:
    asio::awaitable<result<void>> wait_for_space(failure problem);

    surroundings around_;
    std::string path_;
    stop_requests& stops_;
    worker_pool pool_;  // The journal's own: a hung folder does not delay it.
    spool::lock_file lock_;
    std::unique_ptr<spool::journal> journal_;
    std::function<void()> waits_;
    std::string trouble_;
    bool reported_ = false;  // That the disk is full.
};

}  // namespace kustodrop::daemon
