#pragma once

#include "base/random.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "kusto/streaming/streaming_answer.hpp"
#include "pipeline/watch/watch_options.hpp"
#include "spool/source/source.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>

namespace kustodrop::pipeline {

/// Which sources of watches that stream are streamed, and which are queued (docs/protocol.md §3.5).
/// Pure.
class streaming_ways {
public:
    /// Why the sources for a table are queued.
    struct pause {
        time_point until{};
        kusto::streaming_step because{};
        failure why = {};
        time_point since{};
    };

    /// Whether the next attempt on this source streams it. Never one whose answer was lost, nor one
    /// that was ever queued: its notification may come.
    bool streams(
        const spool::source& what,
        const watch_options& from,
        std::uint64_t max_bytes,
        time_point now
    ) const;

    /// An attempt ended without an outcome: what is done with the source now.
    enum class next { queue, again };
    struct change {
        pipeline::streaming_ways::next next;
        bool begins = false;  // The table was not paused until now.
    };
    change ended(
        const spool::source& what,
        const std::string& target,
        const kusto::streaming_reply& reply,
        time_point now,
        random_generator& random
    );

    /// A request for a table is about to be sent. After lost answers the others are queued until
    /// it is answered.
    void begins(const std::string& target, time_point now);

    /// The answer to a request that was sent then was lost: after two in a row the table pauses,
    /// for longer each time. True: it was not paused for that until now.
    bool lost(const std::string& target, const failure& why, time_point sent_at, time_point now);

    /// A request for a table was answered, whatever with.
    void answered(const std::string& target);

    /// This source is queued whatever the table does: it cannot be read as one request.
    void queue_this(const std::string& source_id) { queued_.insert(source_id); }

    /// Rows were stored that were sent then, which ends a pause unless they were under way when it
    /// began. True: the table was paused until now.
    bool succeeded(const std::string& source_id, const std::string& target, time_point sent_at);

    /// The source is settled or gone.
    void forget(const std::string& source_id);

    /// Why the sources for a table are queued now, if so.
    std::optional<pause> paused(const std::string& target, time_point now) const;

private:
    std::map<std::string, pause> pauses_;                 // By target; one that is over stays.
    std::map<std::string, unsigned> lost_;                // By target: answers lost in a row.
    std::unordered_set<std::string> queued_;              // By source id.
    std::unordered_map<std::string, unsigned> troubles_;  // The same: attempts that failed.
};

}  // namespace kustodrop::pipeline
