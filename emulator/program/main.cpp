#include "base/crypto/crypto.hpp"
#include "base/static_program.hpp"
#include "emulator/program/application.hpp"
#include "emulator/program/command_line.hpp"
#include "emulator/program/proxy_runner.hpp"
#include "http/client/beast_transport.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <csignal>
#include <iostream>
#include <optional>
#include <stdexcept>

using namespace kustodrop;
using namespace kustodrop::emulator;

namespace {

/// A folder for the life of the process.
class temporary_folder {
public:
    temporary_folder()
        : path_(
              std::filesystem::temp_directory_path() /
              ("kustodrop-emulator-" + hex_encode(random_bytes(6)))
          ) {
        std::filesystem::create_directory(path_);
    }
    ~temporary_folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    temporary_folder(const temporary_folder&) = delete;

    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

// A request that hangs must not delay the exit: what was acknowledged is on disk.
asio::awaitable<void> exit_after_grace(kustodrop::clock& clock) {
    auto end = clock.now() + 10s;
    co_await clock.sleep_until(end);
    std::cerr << "kustodrop-emulator: a task did not end within 10 s; exiting" << std::endl;
    std::_Exit(0);
}

int run(command_line asked) {
    auto options = std::move(asked.options);
    std::optional<temporary_folder> folder;
    if (options.data.empty()) options.data = folder.emplace().path() / "emulator.db";
    real_clock clock;
    logger log(
        clock,
        asked.verbose ? log_level::debug : log_level::warning,
        log_format::text,
        stderr_sink()
    );
    worker_pool pool(2);
    asio::io_context io(1);
    asio::cancellation_signal cancel;
    asio::cancellation_signal ended_in_time;
    asio::signal_set signals(io, SIGINT, SIGTERM);
    signals.async_wait([&](boost::system::error_code error, int) {
        if (error) return;
        auto ignore = [](std::exception_ptr) {};
        auto bound = asio::bind_cancellation_slot(ended_in_time.slot(), ignore);
        asio::co_spawn(io, exit_after_grace(clock), std::move(bound));
        cancel.emit(asio::cancellation_type::terminal);
    });
    proxy_runner proxy(io.get_executor(), clock, asked.proxy_port, asked.proxy, options);
    application app(io.get_executor(), clock, log, pool, std::move(options));
    metrics measured;
    http::transport_options own;
    own.ca_file = app.ca_file().string();
    own.proxy = proxy.own_proxy_url();
    http::beast_transport transport(io.get_executor(), own, clock, measured);
    std::exception_ptr ended;
    auto finish = [&](std::exception_ptr error) {
        ended = error;
        signals.cancel();
        ended_in_time.emit(asio::cancellation_type::terminal);
        proxy.stop();
        transport.close_idle();
    };
    asio::co_spawn(io, app.run(transport), asio::bind_cancellation_slot(cancel.slot(), finish));
    proxy.start(io);
    std::cout << app.startup_text() << std::flush;
    io.run();
    pool.join();
    try {
        if (ended) std::rethrow_exception(ended);
    } catch (const boost::system::system_error& e) {
        if (e.code() != asio::error::operation_aborted) throw;
    }
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    keep_to_own_code();
    std::signal(SIGPIPE, SIG_IGN);
    command_line asked;
    if (auto code = parse_command_line(argc, argv, asked)) return *code;
    try {
        return run(std::move(asked));
    } catch (const std::invalid_argument& e) {
        std::cerr << "kustodrop-emulator: " << e.what() << "\n";
        return 64;
    } catch (const std::exception& e) {
        std::cerr << "kustodrop-emulator: " << e.what() << "\n";
        return 70;
    }
}
