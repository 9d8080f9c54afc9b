#pragma once

#include "async/budget.hpp"
#include "daemon/commands/commands.hpp"
#include "daemon/run/connection.hpp"
#include "daemon/run/task_group.hpp"
#include "pipeline/outcomes/outcomes.hpp"
#include "pipeline/shipping/shipper.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kustodrop::daemon {

class send_progress;
struct send_state;

/// What became of one file that was sent.
struct sent_file {
    std::string path;
    std::string source_id;
    std::string
        state;  // An outcome, "posted" (its notification is awaited), or the stage it is at.
    std::string code;
    std::string details;
};

/// The composition root of `kustodrop send`: the daemon's own pipeline on files that stay where
/// they are. Its journal remembers what has succeeded, so that sending again sends the rest.
class sender {
public:
    sender(surroundings around, config::settings settings, send_options options);
    ~sender();

    /// Ships, waits as asked; the exit code.
    asio::awaitable<int> run();

    result<void> flush();
    const std::map<std::string, sent_file>& report() const { return report_; }

    /// Why it ended before its time, if it did.
    const std::optional<failure>& trouble() const { return trouble_; }

private:
    result<void> open();
    void take(const std::string& path, std::map<std::string, spool::kept_file>& sent_before);
    void build_parts();
    void on_posted(spool::source& what);
    void on_settled(spool::source& what);
    void tell(const spool::source& what, std::string state, const spool::outcome_record* record);
    asio::awaitable<void> wait_for_the_end();
    bool at_the_end() const;
    int exit_code() const;
    bool is_final(const std::string& state) const;
    void note(const sent_file& file);
    send_state state() const;

    struct file_bytes {
        std::uint64_t all = 0;
        std::uint64_t sent = 0;
    };

    surroundings around_;
    config::settings settings_;
    send_options options_;
    std::string watch_name_;
    worker_pool pool_;
    worker_pool journal_pool_;
    connection service_;
    std::unique_ptr<spool::journal> journal_;
    std::unique_ptr<pipeline::roster> sources_;
    pipeline::watch_table watches_;
    pipeline::ready_queue ready_;
    pipeline::small_contents contents_;
    budget memory_;
    std::unique_ptr<pipeline::shipper> shipper_;
    std::unique_ptr<pipeline::outcomes> outcomes_;
    task_group tasks_;
    event progress_;
    std::map<std::string, sent_file> report_;  // By path.
    std::map<std::string, file_bytes> bytes_;  // By source id.
    std::unique_ptr<send_progress> display_;
    std::optional<failure> trouble_;
    time_point started_;
};

}  // namespace kustodrop::daemon
