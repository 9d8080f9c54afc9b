#pragma once

#include "base/metrics.hpp"
#include "base/time.hpp"
#include "pipeline/counting/source_counts.hpp"
#include "pipeline/packing/packed_sources.hpp"
#include "spool/journal/journal.hpp"
#include "spool/source/source.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace kustodrop::pipeline {

/// Every source that is not retired, in memory: the one place where stages change, so that journal,
/// metrics and memory never disagree. References stay valid until the source is released or, of one
/// that is posted or parked, until pack_idle() is called: look it up again after each wait.
///
/// Large because every way in which a source enters, moves or leaves is here and nowhere else.
/// Counted in files, always: seen + resumed = outcomes + in a stage now (docs/metrics.md).
class roster {
public:
    roster(spool::journal& journal, const time_source& clock, metrics& measured);

    /// Takes in a source that was just claimed: counted as seen, recorded.
    spool::source& admit(spool::source);

    /// Takes in a source that was cut from followed logs, and these logs at their new positions:
    /// counted as seen, recorded, all or nothing.
    spool::source& admit_cut(spool::source, std::vector<spool::log_record> logs);

    /// Takes in a source that waits for others to share its blob: counted as seen, and not recorded
    /// until it continues, for its place in work/ says as much (docs/architecture.md §2).
    spool::source& gather(spool::source);

    /// Makes one source of gathered ones: their files, in this order, under a new id. Recorded.
    spool::source& join(const std::vector<std::string>& ids, std::string new_id);

    /// The source's files go on as parts of it, which are in no blob yet; what is left of it is
    /// retired with that record, without a file and without an outcome. Recorded, all or nothing.
    /// The reference is dead afterwards.
    void divide(spool::source&, spool::outcome_record, std::vector<spool::source> parts);

    /// Takes in a source of an earlier run: counted as resumed. One that waits unconfirmed is
    /// parked instead, until a late notification or `retry`.
    spool::source& resume(spool::source);

    /// The source has reached another stage. Recorded, not yet durable.
    void advance(spool::source&, spool::any_stage);

    /// Its facts have changed (attempts, slices) but not its stage. Recorded, not yet durable.
    /// `parts`: sources of files that were its own; recorded with it, all or nothing.
    void note(spool::source&, std::vector<spool::source> parts = {});

    /// Its outcome is known but leaves it where it is: unconfirmed, kept in work/.
    void park(spool::source&, spool::outcome_record);

    /// A parked source continues: counted as resumed.
    void unpark(spool::source&);
    bool is_parked(const spool::source&) const;
    std::size_t parked() const { return counts_.parked(); }

    /// The end: counts the outcome, records the stage `retired`, forgets the source. The reference
    /// is dead afterwards. `next`: sources of what its files hold beyond it, taken in by admit();
    /// recorded with it, all or nothing, so that none is missing or doubled after a crash. Returns
    /// those.
    std::vector<spool::source*> retire(
        spool::source&, spool::outcome_record, std::vector<spool::source> next = {}
    );

    /// The source has lost its bytes while a post of it may still be reported: it waits for that
    /// without a file, in the stage `posted`. `next`: what its file holds now, taken in by admit();
    /// recorded with it, all or nothing. Returns that.
    spool::source* supersede(spool::source&, std::optional<spool::source> next = {});

    /// It was found in work/ and may be what ended the last run, which had not recorded it yet.
    void doubt(const std::string& id) { unproven_.insert(id); }

    /// Whether it is of an earlier run and has not moved on in this one.
    bool is_unproven(const std::string& id) const { return unproven_.contains(id); }

    spool::source* find(std::string_view id);
    bool contains(std::string_view id) const {
        return sources_.contains(id) || packed_.contains(id);
    }
    bool contains(const spool::source_key& key) const;

    /// Packs what is posted or parked and was not looked up since `idle_since`: it waits for hours
    /// in a sixth of the room. Call it when no reference is held.
    void pack_idle(time_point idle_since);

    /// Whether pack_idle() will have something to do; `begins` is called when it is so again.
    bool has_idle() const { return !idle_.empty(); }
    void set_on_idle(std::function<void()> begins) { on_idle_ = std::move(begins); }

    const watch_counts& counts(std::string_view watch) const { return counts_.of(watch); }
    std::vector<std::string> watches() const { return counts_.watches(); }

    /// A watch has another name from now on: so have its sources, here and in the journal, and the
    /// files that it keeps.
    void rename_watch(const std::string& from, const std::string& to);

    /// The source belongs to another watch from now on, which has its files. Recorded.
    void reassign(spool::source&, const std::string& watch);

    /// Visits every source that is not retired. The reference is dead afterwards: keep the id.
    template <class Visit>
    void each(Visit visit) const {
        for (auto& [id, held] : sources_) visit(std::as_const(held->source));
        packed_.each(visit);
    }

    /// The same, of one watch.
    template <class Visit>
    void each_of(const std::string& watch, Visit visit) const {
        for (auto& [id, held] : sources_) {
            if (held->source.watch == watch) visit(std::as_const(held->source));
        }
        packed_.each_of(watch, visit);
    }

    /// The same, of those that are parked.
    template <class Visit>
    void each_parked(Visit visit) const {
        for (auto& [id, held] : sources_) {
            if (held->as.is_parked) visit(std::as_const(held->source));
        }
        packed_.each_parked(visit);
    }
    std::size_t size() const { return sources_.size() + packed_.size(); }

    /// Brings kustodrop_oldest_source_age_seconds up to date.
    void measure_ages() { counts_.measure_ages(clock_.wall_now()); }

private:
    struct held_source {
        spool::source source;
        source_counts::counted as = {};
        time_point last_found{};
    };

    // What may be packed when it has not been looked up for a while.
    struct idle_source {
        time_point since;
        spool::source_key key;
    };

    held_source& hold(spool::source arriving);
    void record_with(const spool::source& first, std::vector<spool::source> parts);
    held_source& held(const spool::source& known) { return *sources_.at(known.id); }
    held_source& unpack(packed_sources::entry);
    static bool only_waits(const held_source&);
    void note_idle(held_source&);
    void count(held_source&, bool is_parked);

    spool::journal& journal_;
    const time_source& clock_;
    metrics& metrics_;
    std::unordered_map<std::string_view, std::unique_ptr<held_source>> sources_;  // By their ids.
    packed_sources packed_;         // None of them is in sources_.
    std::deque<idle_source> idle_;  // Those that wait the longest first.
    std::function<void()> on_idle_;
    std::unordered_set<std::string> unproven_;
    source_counts counts_;
};

}  // namespace kustodrop::pipeline
