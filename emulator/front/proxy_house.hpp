#pragma once

#include "async/clock.hpp"
#include "base/crypto/crypto.hpp"
#include "base/text.hpp"
#include "emulator/front/proxy.hpp"
#include "emulator/program/application.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace kustodrop::emulator {

/// The proxy, and our own way through it: names that nobody resolves but it are ours too.
class proxy_house {
public:
    proxy_house(
        asio::any_io_executor executor,
        clock& clock,
        std::optional<std::uint16_t> port,
        proxy_options how,
        application_options& options
    )
        : words_("internal:" + hex_encode(random_bytes(16))) {
        if (!port) return;
        how.port = *port;
        how.listen = options.listen;
        how.names.insert(options.names.begin(), options.names.end());
        if (!options.advertise.empty()) how.names.insert(options.advertise);
        proxy_.emplace(executor, clock, std::move(how));
        proxy_->set_internal_credentials(words_);
        options.proxy = address();
        options.steer.tunnels = [this] { return proxy_->tunnels(); };
        options.steer.block = [this](auto places) { proxy_->block(std::move(places)); };
    }

    void start(asio::io_context& io) {
        if (!proxy_) return;
        auto ignore = [](std::exception_ptr) {};
        auto bound = asio::bind_cancellation_slot(cancel_.slot(), ignore);
        asio::co_spawn(io, proxy_->run(), std::move(bound));
    }
    void stop() { cancel_.emit(asio::cancellation_type::terminal); }

    /// For our own transport; empty without a proxy.
    std::string own_way() const { return proxy_ ? address(words_ + "@") : std::string(); }

private:
    std::string address(const std::string& before = {}) const {
        auto host = proxy_->address();
        return "http://" + before + host + ":" + std::to_string(proxy_->port());
    }

    std::string words_;
    std::optional<proxy> proxy_;
    asio::cancellation_signal cancel_;
};

}  // namespace kustodrop::emulator
