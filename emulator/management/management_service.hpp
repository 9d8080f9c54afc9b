#pragma once

#include "async/clock.hpp"
#include "emulator/front/service.hpp"
#include "emulator/identity/token_issuer.hpp"
#include "emulator/storage/layout.hpp"

#include <functional>

namespace kustodrop::emulator {

/// Commands and queries that others answer.
struct engine_hooks {
    std::function<asio::awaitable<http::response>(std::string database, std::string command)>
        management;
    std::function<asio::awaitable<http::response>(std::string database, std::string query, bool v2)>
        query;
};

/// The data management endpoint and the engine behind one address (docs/protocol.md §1.1, §3).
class management_service final : public service {
public:
    struct parts {
        clock& time;
        const layout& resources;
        const token_issuer& tokens;
        const authorization_contexts& contexts;
        engine_hooks hooks;
    };
    explicit management_service(parts parts) : p_(std::move(parts)) {}

    void set_endpoint(std::string endpoint) { endpoint_ = std::move(endpoint); }
    void set_sas_lifetime(duration lifetime) { sas_lifetime_ = lifetime; }

    void classify(exchange&) const override;
    asio::awaitable<http::reply> answer(exchange&) override;
    http::response refusal(const service_error&, const exchange&) const override;

private:
    asio::awaitable<http::response> act(const exchange&);
    asio::awaitable<http::response> command(const exchange&);
    http::response metadata() const;
    http::response ingestion_resources() const;

    parts p_;
    std::string endpoint_;
    duration sas_lifetime_ = std::chrono::hours(96);
};

}  // namespace kustodrop::emulator
