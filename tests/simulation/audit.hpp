#pragma once

#include "simulation/ledger.hpp"

#include <map>
#include <set>
#include <string>

namespace kustodrop::simulation {

/// Looks at a drop folder and compares what lies there with the ledger.
class audit {
public:
    audit(universe& world, ledger& book, std::string folder, std::string journal)
        : world_(world), book_(book), folder_(std::move(folder)), journal_(std::move(journal)) {}

    /// Checks that the service had confirmed each file archived since the last look.
    void look_at_archive();

    /// Everything has come to rest: nothing is lost. Returns how many files are.
    std::uint64_t settle_accounts();

private:
    enum class room { folder, work, archive, quarantine };
    struct found {
        room where = room::folder;
        std::string path;
        ledger::piece what;
        bool explained = false;  // It has its NAME.error.json.
    };

    std::vector<found> find_all();
    ledger::piece piece_in(const std::string& path, const std::string& name);
    bool is_safe(const drop& one, const std::vector<const found*>& copies);
    void check_sidecar(const std::string& path);

    universe& world_;
    ledger& book_;
    std::set<std::string> unconfirmed_places() const;

    std::string folder_;
    std::string journal_;
    std::set<std::string> unconfirmed_;  // Where files of unconfirmed sources lie.
    std::set<std::string> archived_;
};

}  // namespace kustodrop::simulation
