#pragma once

#include "async/awaitable.hpp"
#include "emulator/front/exchange.hpp"
#include "emulator/storage/layout.hpp"

#include <optional>

namespace kustodrop::emulator {

/// One of the services behind the gateway: it names what a request is about, answers it, and has
/// its own dialect for errors.
class service {
public:
    virtual ~service() = default;

    /// Fills in service, operation, account, resource and object.
    virtual void classify(exchange&) const = 0;
    virtual asio::awaitable<http::reply> answer(exchange&) = 0;
    virtual http::response refusal(const service_error&, const exchange&) const = 0;
};

/// The door of the storage services: whether the SAS allows it and the resource exists.
std::optional<service_error> admit(
    const layout&, const exchange&, const sas_demand&, wall_time now
);

/// An entity tag of its own for every change.
std::string make_etag(wall_time now, random_generator& random);

}  // namespace kustodrop::emulator
