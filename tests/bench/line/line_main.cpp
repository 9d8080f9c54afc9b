// A long line on this machine: carries the connections to an address to another one, late, slowly
// and with stalls. Runs until SIGTERM and prints what went through it as a JSON object.
#include "async/clock.hpp"
#include "line/forwarder.hpp"
#include "line/line_options.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <cstdio>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

namespace {

using namespace kustodrop;

int run(const bench::line_options& given) {
    asio::io_context context(1);
    real_clock time;
    bench::forwarder line(context.get_executor(), time, given.shape, given.ends);
    line.start();
    auto rethrow = [](std::exception_ptr thrown) {
        if (thrown) std::rethrow_exception(thrown);
    };
    asio::co_spawn(context, line.report_stalls(), rethrow);
    asio::signal_set signals(context, SIGTERM, SIGINT);
    signals.async_wait([&](boost::system::error_code, int) { context.stop(); });
    // Everything listens after the first round.
    context.poll();
    std::puts("ready");
    std::fflush(stdout);
    context.run();
    auto& all = line.totals();
    std::printf(
        "{\"connections\": %llu, \"bytes_there\": %llu, \"bytes_back\": %llu}\n",
        static_cast<unsigned long long>(all.connections),
        static_cast<unsigned long long>(all.bytes_there),
        static_cast<unsigned long long>(all.bytes_back)
    );
    std::fflush(stdout);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        std::vector<std::string> arguments(argv + 1, argv + argc);
        auto given = bench::read_line_options(arguments);
        if (!given) {
            std::cerr << bench::line_usage;
            return 64;
        }
        return run(*given);
    } catch (const std::exception& e) {
        std::cerr << e.what() << "\n";
        return 70;
    }
}
