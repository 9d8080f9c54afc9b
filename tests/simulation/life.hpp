#pragma once

#include "async/awaitable.hpp"
#include "daemon/run/app.hpp"
#include "simulation/universe.hpp"

#include <boost/asio/io_context.hpp>

#include <memory>
#include <string>

namespace kustodrop::simulation {

/// One process of the daemon, from its start to its end. Only what is on the disk survives it.
class life {
public:
    life(universe& world, http::transport& network, const config::settings& settings);
    ~life();

    /// Runs what is ready, at most `steps` of it. True: something was left.
    bool run(std::size_t steps);

    /// Shuts it down cleanly.
    void stop();

    bool ended() const { return ended_; }
    const std::string& trouble() const { return trouble_; }  ///< Why it did not start, or ended.
    daemon::status_report status() { return app_->status(); }
    bool is_open() const { return open_; }
    metrics& measured() { return measured_; }

private:
    // Ends as a process does: what waits is destroyed and never resumed.
    struct loop : asio::io_context {
        loop() : asio::io_context(1) {}
        void die() { shutdown(); }
    };
    asio::awaitable<void> live();
    static logger::sink listener(universe& world, std::string hidden);

    universe& world_;
    random_generator random_;
    metrics measured_;
    logger log_;
    loop loop_;
    std::unique_ptr<daemon::app> app_;
    bool open_ = false;
    bool ended_ = false;
    std::string trouble_;
};

}  // namespace kustodrop::simulation
