#include "base/text.hpp"
#include "daemon/commands/commands.hpp"
#include "daemon/commands/reactor_check.hpp"
#include "daemon/program.hpp"
#include "daemon/run/app.hpp"
#include "daemon/run/freed_memory.hpp"
#include "daemon/supervision/sd_notify.hpp"
#include "daemon/supervision/start_pause.hpp"
#include "daemon/supervision/stderr_lines.hpp"

#include <boost/asio/signal_set.hpp>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string_view>
#include <unistd.h>

namespace kustodrop::daemon {

// A daemon that has run for so long has started successfully.
static constexpr duration well_after = 1min;

// How long the last lines of the log wait to be read.
static constexpr duration last_lines_patience = 1s;

// Until the parts are built, nothing is shipped and no signal is handled.
static constexpr unsigned longest_build_seconds = 20;

// Asio 1.26 waits forever for the first threads of a pool when the system refuses the next one.
static void end_what_hangs() {
    auto end = [](int) {
        constexpr std::string_view said = "kustodrop: cannot start: was a thread refused?\n";
        [[maybe_unused]] auto written = ::write(STDERR_FILENO, said.data(), said.size());
        std::_Exit(a_bug);
    };
    std::signal(SIGALRM, end);
    ::alarm(longest_build_seconds);
}

// Twice is enough: the first signal drains, the second cuts it short.
static asio::awaitable<void> listen_for_the_end(app& daemon, start_pause& pause) {
    auto executor = co_await asio::this_coro::executor;
    asio::signal_set signals(executor, SIGTERM, SIGINT);
    auto deaf = deaf_to();
    if (!deaf.empty()) {
        throw std::runtime_error("the kernel had no room to watch for " + deaf + " (epoll_ctl)");
    }
    for (;;) {
        co_await signals.async_wait(asio::use_awaitable);
        pause.went_well();
        daemon.stop();
    }
}

static asio::awaitable<void> listen_for_reloads(app& daemon) {
    auto executor = co_await asio::this_coro::executor;
    asio::signal_set signals(executor, SIGHUP);
    for (;;) {
        co_await signals.async_wait(asio::use_awaitable);
        auto done = co_await daemon.reload();
    }
}

// What could not be written when it was said.
static asio::awaitable<void> write_waiting(program& around, stderr_lines& lines) {
    for (;;) {
        co_await around.time.sleep_until(around.time.now() + 1s);
        lines.write_waiting();
        auto lost = lines.take_lost();
        if (lost == 0) continue;
        around.log.warning(
            "lines of the log were lost: standard error was not read",
            {{"lines", std::to_string(lost)}}
        );
    }
}

static asio::awaitable<void> call_it_well(program& around, start_pause& pause) {
    co_await around.time.sleep_until(around.time.now() + well_after);
    pause.went_well();
}

static asio::awaitable<int> run_daemon(
    program& around, app& daemon, start_pause& pause, stderr_lines& lines
) {
    ::alarm(0);
    task_group signals(around.io.get_executor());
    signals.start(write_waiting(around, lines));
    // Before anything that takes a while, so that a stop requested meanwhile is an orderly one.
    signals.start(listen_for_the_end(daemon, pause));
    signals.start(listen_for_reloads(daemon));
    pause.let_signals_in();
    auto opened = co_await daemon.open();
    if (opened.has_error()) {
        const auto& problem = opened.error();
        if (problem.code == errc::stopped) {
            around.log.info("stopped before it had started", {{"detail", problem.message()}});
            co_return all_well;
        }
        around.log.error(
            "cannot start", {{"code", problem.code.text()}, {"detail", problem.message()}}
        );
        sd_notify("STATUS=cannot start: " + printable(to_string(problem)));
        co_return exit_code_for(problem);
    }
    signals.start(call_it_well(around, pause));
    co_await daemon.run();
    signals.cancel();
    co_await signals.join();
    co_return all_well;
}

int command_run(const run_options& options) {
    std::signal(SIGPIPE, SIG_IGN);
    return_freed_memory();
    start_pause pause(options.config);
    if (!pause.wait()) return all_well;
    auto settings = print_problems(load_daemon_configuration(options.config));
    if (!settings) {
        sd_notify("STATUS=the configuration is refused: see the log, or kustodrop check --offline");
        return bad_configuration;
    }
    end_what_hangs();
    stderr_lines lines(STDERR_FILENO);
    program around(settings->log.level, settings->log.format, lines.sink());
    app daemon(around.around(), *settings, config::process_environment());
    daemon.reload_from([&options] { return load_daemon_configuration(options.config); });
    int code = around.run(run_daemon(around, daemon, pause, lines));
    auto flushed = daemon.flush();
    if (flushed.has_error()) {
        around.log.error(
            "the journal's last records could not be written",
            {{"code", flushed.error().code.text()}, {"detail", flushed.error().message()}}
        );
        code = journal_io;
    }
    // A name lookup or a hung mount may hold a thread for minutes; all that matters is on disk.
    lines.finish(last_lines_patience);
    std::fflush(nullptr);
    std::_Exit(code);
}

}  // namespace kustodrop::daemon
