#pragma once

#include "daemon/commands/commands.hpp"
#include "daemon/commands/sending/send_progress.hpp"
#include "daemon/commands/sending/send_report.hpp"
#include "daemon/service/connection.hpp"
#include "pipeline/engine.hpp"

#include <boost/asio/signal_set.hpp>

#include <memory>
#include <optional>
#include <string>

namespace kustodrop::daemon {

/// The composition root of `kustodrop send`: the daemon's engine on files that stay where they are.
/// Its journal remembers what succeeded, so that sending again sends the rest; what a killed `send`
/// left is resumed as the daemon resumes it.
class sender final : private pipeline::engine_observer {
public:
    sender(surroundings around, config::settings settings, send_options options);
    ~sender();

    /// Ships, waits as asked; the exit code.
    asio::awaitable<int> run();

    result<void> flush();
    const send_report& report() const { return report_; }

    /// Why it ended early, if it did.
    const std::optional<failure>& trouble() const { return trouble_; }
    bool was_interrupted() const { return interrupted_; }

private:
    void moved(const spool::source& what) override;
    void read(const std::string& source_id, std::uint64_t bytes) override;

    result<void> open();
    void take(const std::string& path);
    void start();
    void note(const sent_file& now, const std::string& state_before);
    std::string state_of(const std::string& path) const;
    void note_parked();
    bool is_done();
    std::optional<failure> refusal() const;
    std::optional<failure> trouble_now();
    failure why_unfinished();
    asio::awaitable<void> wait_for_the_end();
    void stop_on_signal();

    surroundings around_;
    config::settings settings_;
    send_options options_;
    std::string watch_name_;
    worker_pool pool_;
    worker_pool journal_pool_;
    connection service_;
    std::unique_ptr<spool::journal> journal_;
    std::unique_ptr<pipeline::engine> engine_;
    pipeline::named_files* files_ = nullptr;  // The engine's.
    task_group tasks_;
    event progress_;
    send_report report_;
    send_progress display_;
    std::optional<failure> trouble_;
    asio::signal_set signals_;
    bool interrupted_ = false;  // By the first Ctrl-C; a second one ends the process.
    time_point started_;
};

}  // namespace kustodrop::daemon
