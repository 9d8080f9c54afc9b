#pragma once

#include "pipeline/watch/watch_options.hpp"
#include "simulation/ledger.hpp"
#include "simulation/logs/log_folder.hpp"
#include "simulation/logs/log_ledger.hpp"
#include "simulation/logs/log_ranges_known.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace kustodrop::simulation {

/// Compares the journal with the ledger of the logs, when all has come to rest: the promise of
/// docs/following.md, as far as the model of log_world goes.
///
/// T1: the journaled ranges of a log neither overlap nor leave a gap. T2: the rows of a source are
/// the bytes of its ranges. T3: what stands in a file has arrived. T4: what was seen and destroyed
/// has arrived, or has another outcome. T5: a row is one record. T6: a record is in one source. T9:
/// what is written while all is well is posted in time.
class log_audit {
public:
    log_audit(
        universe& world,
        log_ledger& book,
        log_folder& folder,
        const pipeline::watch_options& options
    )
        : world_(world), book_(book), folder_(folder), options_(options) {}

    void excuse_repeats() { may_repeat_ = true; }  ///< The journal was lost.
    void excuse_start() { may_begin_again_ = true; }
    void begin_punctuality() { punctual_since_ = world_.time.now(); }

    void settle_accounts(const std::string& journal, const ledger& posts);

    std::uint64_t reported_bytes() const { return reported_bytes_; }

private:
    void check_partition(const std::vector<known_range>& ranges);
    void check_rows(const std::vector<known_range>& ranges, const ledger& posts);
    void check_life(const log_life& life, const std::vector<known_range>& ranges);
    void check_repeats(const ledger& posts);
    void check_punctuality();
    std::uint64_t readable(const log_life& life) const;

    universe& world_;
    log_ledger& book_;
    log_folder& folder_;
    const pipeline::watch_options& options_;
    bool may_repeat_ = false;
    bool may_begin_again_ = false;
    std::optional<time_point> punctual_since_;
    std::uint64_t reported_bytes_ = 0;
};

}  // namespace kustodrop::simulation
