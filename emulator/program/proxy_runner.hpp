#pragma once

#include "async/clock.hpp"
#include "emulator/front/proxy.hpp"
#include "emulator/program/application.hpp"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace kustodrop::emulator {

/// Runs the proxy, if there is one, and gives the emulator its own access through it: the names
/// that only the proxy resolves are the emulator's own.
class proxy_runner {
public:
    /// Binds the proxy's port and enters the proxy into the application's options.
    proxy_runner(
        asio::any_io_executor executor,
        clock& clock,
        std::optional<std::uint16_t> port,
        proxy_options how,
        application_options& options
    );

    void start(asio::io_context& io);
    void stop() { cancel_.emit(asio::cancellation_type::terminal); }

    /// For the emulator's own transport; empty without a proxy.
    std::string own_proxy_url() const;

private:
    std::string url(const std::string& credentials = {}) const;

    std::string credentials_;
    std::optional<proxy> proxy_;
    asio::cancellation_signal cancel_;
};

}  // namespace kustodrop::emulator
