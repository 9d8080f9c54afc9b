#pragma once

#include "config/settings.hpp"
#include "simulation/audit.hpp"
#include "simulation/life.hpp"
#include "simulation/logs/log_world.hpp"
#include "simulation/producer.hpp"
#include "simulation/service/service_model.hpp"
#include "simulation/totals.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kustodrop::simulation {

struct run_options {
    std::uint64_t seed = 1;
    duration span = 1h;  // For so long files are dropped and faults strike.
    bool print = false;  // The trace, as it grows.
    bool logs = false;   // Logs are followed in every seed, not only in every fourth one.
    bool keep = false;   // The whole trace, not its last lines only.
    std::string folder;  // Where drop folder and state lie; emptied first.
};

/// One run of the whole daemon from a seed: files are dropped, faults occur, processes end and
/// start; then the faults stop, everything must come to rest, and the ledger is checked.
class simulation {
public:
    explicit simulation(run_options options);

    /// The totals of the run. violations() says whether it went well.
    totals run();

    const std::vector<std::string>& violations() const { return world_.violations; }
    std::uint64_t trace_hash() const { return world_.events.hash(); }
    const trace& events() const { return world_.events; }
    std::string sky() const { return world_.sky.summary(); }

private:
    config::settings draw_settings();
    void plan_deaths();
    void plan_calendar();
    void plan_absence();
    void plan_full_disk();
    void fill_disk(bool is_full);
    void take_folder_away(duration least, duration most);
    void bring_folder_back();
    void change_before_birth();
    void plan_audits();
    void run_until(time_point end);
    void settle();
    void be_born();
    void die();
    void spoil_journal();
    bool at_rest();
    void drain();
    void check_counts();
    void check_duplicates();
    std::string journal() const { return settings_.state_directory + "/journal.db"; }

    run_options options_;
    universe world_;
    ledger book_;
    service_model service_;
    config::settings settings_;
    producer producer_;
    audit audit_;
    std::unique_ptr<log_world> logs_;  // Null: no logs are followed.
    std::unique_ptr<life> daemon_;
    std::optional<std::uint64_t> dies_in_;  // Steps.
    bool is_away_ = false;                  // The drop folder.
    bool is_full_ = false;                  // The disk of the journal.
    totals totals_;
};

}  // namespace kustodrop::simulation
