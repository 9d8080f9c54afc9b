#pragma once

#include "async/clock.hpp"
#include "emulator/front/service.hpp"
#include "emulator/storage/layout.hpp"
#include "emulator/storage/queue_store.hpp"

#include <functional>

namespace kustodrop::emulator {

/// The queue service (docs/protocol.md §6). Ingestion messages that reach a ready-for-aggregation
/// queue are also kept for /control/messages.
class queue_service final : public service {
public:
    queue_service(clock& clock, layout& layout, queue_store& store, storage_database& database)
        : clock_(clock), layout_(layout), store_(store), database_(database) {}

    /// Ingestion messages go there, and nowhere else.
    void discard_to(std::function<void(std::string_view text)> take) { discard_ = std::move(take); }

    void classify(exchange&) const override;
    asio::awaitable<http::reply> answer(exchange&) override;
    http::response refusal(const service_error&, const exchange&) const override;

private:
    http::response act(exchange&);
    http::response put(const exchange&, const queue_place&);
    http::response get(const exchange&, const queue_place&, bool leases);
    http::response update(const exchange&, const queue_place&);
    http::response remove(const exchange&, const queue_place&);

    clock& clock_;
    layout& layout_;
    queue_store& store_;
    storage_database& database_;
    std::function<void(std::string_view)> discard_;
};

}  // namespace kustodrop::emulator
