#pragma once

#include "http/message.hpp"
#include "simulation/ledger.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::simulation {

/// Streaming ingestion (docs/protocol.md §3.5) at the query endpoint of the service, for whom the
/// token was good. At times the cluster does not stream, or the table, or it refuses the principal;
/// it may take less than clients think; and not every answer says what became of the rows.
class streaming_model {
public:
    streaming_model(universe& world, ledger& book);

    /// What it does by itself.
    void begin();
    void calm_down() { off_ = reason::none; }

    struct answered {
        http::response answer;
        std::vector<std::uint64_t> posts = {};  // In the ledger: what the answer says is stored.
    };
    answered answer(const http::request& ask, wall_time now);

    std::uint64_t posts() const { return posts_; }

    static bool owns(const http::request& ask);

private:
    enum class reason { none, cluster, table, rights };

    void turn_off();
    http::response answer_off(wall_time now) const;
    http::response answer_throttled(wall_time now);
    http::response answer_too_large(wall_time now);
    http::response answer_before(wall_time now);
    http::response answer_after(wall_time now);
    answered store(const std::string& id, const std::string& rows, wall_time now);

    universe& world_;
    ledger& book_;
    std::uint64_t most_bytes_;  // Of a request's body.
    reason off_ = reason::none;
    std::uint64_t posts_ = 0;  // Whose rows were stored.
};

}  // namespace kustodrop::simulation
