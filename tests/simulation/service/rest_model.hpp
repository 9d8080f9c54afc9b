#pragma once

#include "http/message.hpp"
#include "kusto/rest/transport_wish.hpp"
#include "simulation/service/ingestor_model.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace kustodrop::simulation {

/// Ingestion by REST (docs/protocol.md §3.4) at the management endpoint of the service, for whom
/// the token was good. It prefers REST or queue messages, which may change, and forgets operations.
class rest_model {
public:
    rest_model(universe& world, ingestor_model& ingestor);

    /// What it does by itself.
    void begin();

    struct answered {
        http::response answer;
        std::vector<std::uint64_t> posts = {};  // In the ledger: what the request had accepted.
    };
    answered answer(const http::request& ask);

    /// What a client may want of this service.
    kusto::transport_wish draw_wish();

    std::uint64_t posts() const { return posts_; }

    static bool owns(const http::request& ask);

private:
    struct operation {
        std::map<std::string, std::string> blobs;  // Place by source id.
        time_point noticed_at{};                   // Until then its counters are zero.
        bool is_forgotten = false;
    };

    void flip();
    void forget();
    http::response reply(unsigned status, std::string body = {}) const;
    http::response configuration();
    answered post(const http::request& ask);
    http::response status(const http::request& ask);

    universe& world_;
    ingestor_model& ingestor_;
    bool is_supported_;
    bool is_preferred_;
    std::map<std::string, operation> operations_;  // By id.
    std::uint64_t posts_ = 0;                      // Blobs.
};

}  // namespace kustodrop::simulation
