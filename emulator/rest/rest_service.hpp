#pragma once

#include "async/clock.hpp"
#include "base/random.hpp"
#include "emulator/front/service.hpp"
#include "emulator/identity/token_issuer.hpp"
#include "emulator/rest/operation.hpp"
#include "emulator/rest/rest_options.hpp"
#include "emulator/storage/layout.hpp"
#include "emulator/storage/queue_store.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace kustodrop::emulator {

/// Queued ingestion by REST (docs/protocol.md §3.4): configuration, requests to ingest, and the
/// status of operations. Each blob becomes a message of a ready queue, so the ingestor needs to
/// know nothing of it; what became of it is looked up by the message's id. Operations are kept
/// like messages.
class rest_service final : public service {
public:
    /// What became of the messages with these ids, in their order.
    using outcome_lookup =
        std::function<asio::awaitable<blob_outcomes>(std::vector<std::string> message_ids)>;

    struct parts {
        clock& time;
        random_generator& random;
        const layout& resources;
        storage_database& database;
        queue_store& queues;
        const token_issuer& tokens;
        const rest_options& options;
        outcome_lookup outcomes;
        std::string identity_token;            // The ingestor accepts it in every message.
        std::optional<duration> discard = {};  // Keeps no message; all succeed after this time.
        bool external_storage = false;         // The queues are not ours: there is no REST.
    };
    explicit rest_service(parts parts);

    /// Whether the request is for this service.
    static bool owns(const exchange& one);

    void set_sas_lifetime(duration lifetime) { sas_lifetime_ = lifetime; }

    /// From now on no operation of before is known.
    void forget_operations() { forgotten_ = p_.time.wall_now(); }

    /// Every operation there ever was with a number above `after`, oldest first.
    std::vector<std::pair<std::uint64_t, operation>> operations(std::uint64_t after) const;
    asio::awaitable<blob_outcomes> outcomes(operation one) const;

    void classify(exchange&) const override;
    asio::awaitable<http::reply> answer(exchange&) override;
    http::response refusal(const service_error&, const exchange&) const override;

private:
    asio::awaitable<http::response> act(exchange& one);
    http::response configuration() const;
    http::response post(const exchange& one);
    asio::awaitable<http::response> status(const exchange& one);
    http::response refuse(const service_error& error, const exchange& one) const;
    std::optional<operation> find(const exchange& one) const;
    std::string put_message(std::string text);
    std::string keep(operation one);

    parts p_;
    duration sas_lifetime_ = std::chrono::hours(96);
    wall_time forgotten_ = wall_time::min();
    std::uint64_t posted_ = 0;
    std::size_t next_queue_ = 0;
};

}  // namespace kustodrop::emulator
