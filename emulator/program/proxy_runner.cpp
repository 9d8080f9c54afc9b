#include "emulator/program/proxy_runner.hpp"

#include "base/crypto/crypto.hpp"
#include "base/text.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>

#include <exception>
#include <utility>

namespace kustodrop::emulator {

proxy_runner::proxy_runner(
    asio::any_io_executor executor,
    clock& clock,
    std::optional<std::uint16_t> port,
    proxy_options how,
    application_options& options
)
    : credentials_("internal:" + hex_encode(random_bytes(16))) {
    if (!port) return;
    how.port = *port;
    how.listen = options.listen;
    how.names.insert(options.names.begin(), options.names.end());
    if (!options.advertise.empty()) how.names.insert(options.advertise);
    proxy_.emplace(executor, clock, std::move(how));
    proxy_->set_internal_credentials(credentials_);
    options.proxy = url();
    options.steer.tunnels = [this] { return proxy_->tunnels(); };
    options.steer.block = [this](auto places) { proxy_->block(std::move(places)); };
}

void proxy_runner::start(asio::io_context& io) {
    if (!proxy_) return;
    auto ignore = [](std::exception_ptr) {};
    auto bound = asio::bind_cancellation_slot(cancel_.slot(), ignore);
    asio::co_spawn(io, proxy_->run(), std::move(bound));
}

std::string proxy_runner::own_proxy_url() const {
    return proxy_ ? url(credentials_ + "@") : std::string();
}

std::string proxy_runner::url(const std::string& credentials) const {
    return "http://" + credentials + proxy_->address() + ":" + std::to_string(proxy_->port());
}

}  // namespace kustodrop::emulator
