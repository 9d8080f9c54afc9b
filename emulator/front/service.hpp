#pragma once

#include "async/awaitable.hpp"
#include "emulator/front/answers.hpp"
#include "emulator/front/exchange.hpp"

namespace kustodrop::emulator {

/// One of the services behind the gateway: it classifies requests, answers them, and has its own
/// format of errors.
class service {
public:
    virtual ~service() = default;

    /// Fills in service, operation, account, resource and object.
    virtual void classify(exchange&) const = 0;
    virtual asio::awaitable<http::reply> answer(exchange&) = 0;
    virtual http::response refusal(const service_error&, const exchange&) const = 0;
};

}  // namespace kustodrop::emulator
