#pragma once

#include "simulation/ledger.hpp"
#include "simulation/service/storage_model.hpp"

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kustodrop::simulation {

/// The part of the service that reads posts, batches them, ingests their blobs and says so.
class ingestor_model {
public:
    ingestor_model(universe& world, storage_model& storage, ledger& book)
        : world_(world), storage_(storage), book_(book) {}

    struct message {
        std::string id;
        std::string blob;
        std::uint64_t raw_bytes = 0;
        std::string token = {};      // The identity token.
        std::string operation = {};  // By REST: reported there.
    };
    struct outcome_sent {
        bool success = false;
        std::string code = {};
        std::string_view status = "Permanent";
        bool should_retry = false;
    };

    std::vector<std::string> failed_queues;
    std::vector<std::string> success_queues;

    /// Takes an ingestion message. Its number in the ledger.
    std::uint64_t take(const std::string& text);

    /// The same of a blob that was posted by REST.
    std::uint64_t take(const message& one);

    /// What an operation reports of a source; null while nothing is known.
    const outcome_sent* outcome_of(const std::string& operation, const std::string& id) const;

    wall_time wall_now() const { return storage_.wall_now(); }

    /// A notification about another client's source.
    void say_foreign();

    bool idle() const { return under_way_ == 0; }
    std::uint64_t under_way() const { return under_way_; }

private:
    void seal(const message& one);
    void ingest(const message& one);
    void fail(const message& one, const outcome_sent& why, bool asks_again);
    void say(const message& one, const outcome_sent& what);
    void notify(const message& one, const outcome_sent& what);
    std::string text_of(const std::string& id, const std::string& blob, const outcome_sent& what);

    universe& world_;
    storage_model& storage_;
    ledger& book_;
    std::map<std::pair<std::string, std::string>, outcome_sent> outcomes_;  // Operation, source.
    std::uint64_t under_way_ = 0;
};

}  // namespace kustodrop::simulation
