#include "daemon/run/state_directory.hpp"

#include "async/timed_wait.hpp"
#include "daemon/supervision/sd_notify.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <utility>

namespace kustodrop::daemon {

static constexpr duration full_disk_pause = 10s;

state_directory::state_directory(
    surroundings around, std::string path, stop_requests& stops, std::function<void()> waits
)
    : around_(around),
      path_(std::move(path)),
      stops_(stops),
      pool_(around.threads ? 1 : 0),
      waits_(std::move(waits)) {}

state_directory::~state_directory() { pool_.join(); }

asio::awaitable<result<void>> state_directory::wait_for_space(failure problem) {
    trouble_ = "the disk is full; tried again every 10 s: " + problem.message();
    if (!std::exchange(reported_, true)) {
        around_.log.error(
            "cannot start: the disk is full; retrying", {{"detail", problem.message()}}
        );
        waits_();
    }
    sd_notify("STATUS=cannot start: the disk is full\nEXTEND_TIMEOUT_USEC=60000000");
    auto wake = around_.time.now() + full_disk_pause;
    while (!stops_.any() && around_.time.now() < wake) {
        co_await wait_until(stops_.added(), around_.time, wake);
    }
    trouble_.clear();
    if (!stops_.any()) co_return result<void>();
    co_return failure{errc::stopped, remedy::give_up, problem.detail};
}

asio::awaitable<result<void>> state_directory::lock() {
    for (;;) {
        // Only the last folder is created: a mistyped path must not appear on the disk.
        bool full = ::mkdir(path_.c_str(), 0750) != 0 && errno == ENOSPC;
        auto locked = spool::lock_state_directory(path_);
        if (!locked.has_error()) {
            lock_ = std::move(*locked);
            co_return result<void>();
        }
        auto problem = locked.error();
        if (!full && problem.code != errc::disk_full) co_return problem;
        auto waited = co_await wait_for_space(std::move(problem));
        if (waited.has_error()) co_return waited;
    }
}

asio::awaitable<result<void>> state_directory::open_journal() {
    auto options = spool::options_for_many(path_ + "/journal.db");
    options.synced = around_.threads;
    for (;;) {
        auto journal = spool::journal::open(
            around_.executor, options, around_.time, pool_, around_.log, around_.measured
        );
        if (!journal.has_error()) {
            journal_ = std::move(*journal);
            co_return result<void>();
        }
        auto problem = journal.error();
        if (problem.code != errc::disk_full) co_return problem;
        auto waited = co_await wait_for_space(std::move(problem));
        if (waited.has_error()) co_return waited;
    }
}

result<void> state_directory::flush() {
    if (!journal_) return {};
    auto flushed = journal_->flush();
    journal_->close();
    return flushed;
}

}  // namespace kustodrop::daemon
