#pragma once

#include "base/result.hpp"
#include "base/time.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>

namespace kustodrop::pipeline {

/// Sources whose posts fail while others may get through: why, and since when. It is trouble of
/// their watch when that lasts for 20 s. Pure.
class post_troubles {
public:
    struct failed_post {
        std::string source_id;
        std::string watch;
        std::string table;        // "Database.Table".
        bool is_refused = true;   // For itself: not because the service wants a pause, or is away.
        bool is_of_size = false;  // It is too large: that concerns no other source.
    };
    void failed(const failed_post& what, const failure& why, time_point now);

    /// A post for the table was accepted: what failed before may go through now, unless it has been
    /// refused for itself again and again.
    void accepted(const std::string& source_id, const std::string& table);

    /// The source has left this stage otherwise.
    void forget(const std::string& source_id) { failing_.erase(source_id); }

    using waits_to_be_posted = std::function<bool(const std::string& source_id)>;

    /// Why sources of the watch are not posted, if so: the last failure of the one that has failed
    /// for longest, those left out that are too large.
    std::optional<failure> trouble(
        const std::string& watch, time_point now, const waits_to_be_posted& waits
    ) const;

    /// The sources of a watch that are too large.
    struct too_large {
        std::size_t sources = 0;
        std::string first;  // Its id,
        failure why;        // and what was said of it.
    };
    too_large oversized(const std::string& watch, const waits_to_be_posted& waits) const;

private:
    struct failing {
        failed_post what;
        unsigned refusals = 0;
        time_point since;
        time_point last_at;
        failure last;
    };
    void forget_old(time_point now);

    std::map<std::string, failing> failing_;  // By source id; the first ones alone.
};

}  // namespace kustodrop::pipeline
