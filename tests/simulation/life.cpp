#include "simulation/life.hpp"

#include "simulation/service/storage_model.hpp"

#include <boost/asio/co_spawn.hpp>

namespace kustodrop::simulation {

// The trace gets every line, without the folder of this run, which differs from run to run. A
// secret in a line is a violation.
logger::sink life::listener(universe& world, std::string hidden) {
    return [&world, hidden](std::string_view line) {
        std::string text(line);
        for (auto at = text.find(hidden); at != text.npos; at = text.find(hidden, at)) {
            text.replace(at, hidden.size(), "~");
        }
        if (text.find(canary) != std::string::npos) world.wrong("a secret in the log: " + text);
        world.note(text);
    };
}

static config::environment no_environment() { return {}; }

life::life(universe& world, http::transport& network, const config::settings& settings)
    : world_(world),
      random_(world.chance.seed()),
      log_(
          world.time,
          log_level::debug,
          log_format::text,
          listener(world, settings.state_directory.substr(0, settings.state_directory.rfind('/')))
      ) {
    daemon::surroundings around{
        loop_.get_executor(), world.time, random_, log_, measured_, &network, false};
    app_ = std::make_unique<daemon::app>(around, settings, no_environment());
    auto finish = [this](std::exception_ptr error) {
        ended_ = true;
        if (error) std::rethrow_exception(error);
    };
    asio::co_spawn(loop_, live(), finish);
}

life::~life() {
    // In this order: the coroutines that are destroyed still touch the parts of the daemon.
    loop_.die();
    app_.reset();
}

asio::awaitable<void> life::live() {
    auto opened = co_await app_->open();
    if (opened.has_error()) {
        trouble_ = to_string(opened.error());
        co_return;
    }
    open_ = true;
    co_await app_->run();
    auto flushed = app_->flush();
    if (flushed.has_error()) trouble_ = flushed.error().code.text();
}

bool life::run(std::size_t steps) {
    loop_.restart();
    try {
        for (std::size_t i = 0; i < steps; ++i) {
            if (loop_.poll_one() == 0) return false;
        }
    } catch (const std::exception& cause) {
        world_.wrong(std::string("an exception ended the daemon: ") + cause.what());
        ended_ = true;
        return false;
    }
    return true;
}

void life::stop() {
    if (app_) app_->stop();
}

}  // namespace kustodrop::simulation
