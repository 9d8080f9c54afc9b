#pragma once

#include "async/clock.hpp"
#include "base/random.hpp"
#include "emulator/front/service.hpp"
#include "emulator/identity/token_issuer.hpp"
#include "emulator/rest/stream_request.hpp"

#include <cstddef>
#include <functional>

namespace kustodrop::emulator {

/// Streaming ingestion (docs/protocol.md §3.4): the rows are in the table before the answer.
class streaming_service final : public service {
public:
    using ingestion = std::function<asio::awaitable<result<ingestion_record>>(streamed_data)>;

    struct parts {
        clock& time;
        random_generator& random;
        const token_issuer& tokens;
        const streaming_options& options;
        ingestion ingest;
    };
    explicit streaming_service(parts parts) : p_(std::move(parts)) {}

    static bool owns(const exchange& one);

    void classify(exchange&) const override;
    asio::awaitable<http::reply> answer(exchange&) override;
    http::response refusal(const service_error&, const exchange&) const override;

private:
    class running_request;

    asio::awaitable<http::response> act(exchange& one);
    asio::awaitable<http::response> ingest(streamed_data data, const exchange& one);

    parts p_;
    std::size_t running_ = 0;
};

}  // namespace kustodrop::emulator
