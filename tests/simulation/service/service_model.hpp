#pragma once

#include "async/awaitable.hpp"
#include "http/transport.hpp"
#include "simulation/service/ingestor_model.hpp"
#include "simulation/service/rest_model.hpp"
#include "simulation/service/streaming_model.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace kustodrop::simulation {

/// Azure as the daemon sees it, inside the process and on virtual time: sign-in, management
/// endpoint, storage accounts and ingestion, with the faults of the seed.
class service_model final : public http::transport {
public:
    service_model(universe& world, ledger& book);

    asio::awaitable<result<http::response>> send(http::request ask) override;

    static constexpr auto endpoint = "https://ingest-sim.westeurope.kusto.windows.net";

    /// What it does by itself: rotation, outages, other clients.
    void begin();
    void calm_down();

    /// Another process asks from now on: it does not know how long the last one had to wait.
    void meet_client() {
        waits_.clear();
        refused_tokens_.clear();
    }

    const ingestor_model& ingestor() const { return ingestor_; }
    kusto::transport_wish draw_wish() { return rest_.draw_wish(); }
    std::uint64_t rest_posts() const { return rest_.posts(); }
    std::uint64_t streamed_posts() const { return streaming_.posts(); }
    std::uint64_t requests() const { return requests_; }

private:
    enum class fate {
        well,
        refused,
        throttled,
        odd,
        error_before,
        error_after,
        reset_before,
        reset_after,
        stall_before,
        stall_after
    };
    struct acted {
        http::response answer;
        std::vector<std::uint64_t> posts = {};  // In the ledger.
    };

    fate draw(const http::request& ask);
    acted act(const http::request& ask);
    http::response log_in(const http::request& ask);
    acted manage(const http::request& ask);
    http::response command_answer(const http::request& ask);
    http::response resources();
    http::response token_answer(std::string_view column, const std::string& value);
    http::response throttled_answer(const http::request& ask);
    http::response odd_answer();
    void maybe_odd();
    void note(const http::request& ask, const std::string& how);
    void check_patience(const http::request& ask);
    void note_patience(const http::request& ask, const http::response& answer);
    void build_generation();
    void rotate();
    void maybe_outage();
    void maybe_foreign();
    bool is_down(const http::request& ask) const;
    bool is_storage(const http::request& ask) const;

    universe& world_;
    storage_model storage_;
    ingestor_model ingestor_;
    rest_model rest_;
    streaming_model streaming_;
    ledger& book_;
    std::optional<std::uint64_t> last_post_;
    unsigned accounts_;
    unsigned generation_ = 0;
    std::vector<std::string> containers_;
    std::vector<std::string> queues_;
    std::map<std::string, time_point> down_until_;  // By account.
    time_point odd_until_{};
    std::map<std::string, time_point> tokens_;  // Good until.
    struct asked_wait {
        time_point asked_at, until;
    };
    std::map<std::string, asked_wait> waits_;         // By operation.
    std::map<std::string, unsigned> refused_tokens_;  // The same.
    std::uint64_t tokens_given_ = 0;
    std::uint64_t requests_ = 0;
};

}  // namespace kustodrop::simulation
