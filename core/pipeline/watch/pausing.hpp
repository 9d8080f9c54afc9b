#pragma once

#include "base/backoff.hpp"
#include "base/time.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace kustodrop::pipeline {

struct pausing_options {
    unsigned failures = 5;    // So many of the same code,
    duration within = 10min;  // in so long, pause the watch.
    duration first_probe = 15s;
    duration longest_probe = 5min;
};

/// Decides when a watch stands still because its target is wrong: a table that does not exist, a
/// mapping with another name, a right that is missing. A configuration mistake must not quarantine
/// ten thousand files (docs/architecture.md §8): the first few show what is wrong, the others are
/// held, and now and then one of them is sent to see whether it has been put right. Pure.
class pausing {
public:
    explicit pausing(pausing_options options = {}) : options_(options) {}

    /// A source that was refused because of its target.
    struct refusal {
        std::string_view source_id;
        std::string_view code;
        std::string_view details;
        std::size_t files = 1;  // Each counts.
    };

    /// The service refused this source. True: the watch is paused, hold it.
    bool failed(const refusal& refused, time_point now);

    /// The service took this source, or refused it for what is in it: its target is right.
    void worked(std::string_view source_id);

    bool is_paused() const { return paused_; }
    const std::string& code() const { return code_; }
    const std::string& details() const { return details_; }

    /// Whether this source may be sent now.
    bool admits(std::string_view source_id) const { return !paused_ || source_id == probe_; }

    /// When the next one should be sent to see; nothing unless paused.
    std::optional<time_point> next_probe() const;
    void probe(std::string_view source_id, time_point now);

private:
    pausing_options options_;
    bool paused_ = false;
    unsigned failures_ = 0;
    time_point first_failure_{};
    std::string code_;
    std::string details_;
    std::string probe_;
    duration pause_{};
    time_point next_probe_{};
};

}  // namespace kustodrop::pipeline
