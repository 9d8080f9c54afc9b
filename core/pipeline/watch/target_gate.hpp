#pragma once

#include "base/time.hpp"

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::pipeline {

struct gate_options {
    unsigned failures = 5;    // This many with the same code,
    duration within = 10min;  // within this time, pause the watch.
    duration first_probe = 15s;
    duration longest_probe = 5min;
};

/// Decides when the sources of a watch are held because its target is wrong: a table that does not
/// exist, a mapping with another name, a missing permission. A configuration mistake must not
/// quarantine ten thousand files (docs/architecture.md §8): the first few show what is wrong, the
/// others are held, and from time to time one of them is sent as a probe. Pure.
class target_gate {
public:
    explicit target_gate(gate_options options = {}) : options_(options) {}

    /// A source that the service refused because of its target.
    struct refusal {
        std::string_view source_id;
        std::string_view code;
        std::string_view details;
        std::size_t files = 1;  // Each counts.
        bool at_post = false;   // It was not taken in at all: one such refusal pauses the watch.
    };

    /// Counts a refusal. True: the watch is paused, hold() the source.
    bool refused(const refusal& what, time_point now);

    /// The service ingested this source, or refused it for its contents: its target is right.
    void accepted(std::string_view source_id);

    /// The service took this source in. Of a watch that is paused because it did not, that shows
    /// that its target is right.
    void posted(std::string_view source_id) {
        if (paused_ && at_post_ && source_id == probe_) reopen();
    }

    /// The target or the service was put right by a person: nothing is held any longer.
    void reopen();

    bool is_paused() const { return paused_; }
    bool is_refused_at_post() const { return paused_ && at_post_; }
    const std::string& code() const { return code_; }
    const std::string& details() const { return details_; }

    /// Whether this source may be sent now; hold() it otherwise.
    bool admits(std::string_view source_id) const { return !paused_ || source_id == probe_; }

    /// Keeps a source until release() returns it.
    void hold(std::string source_id) { held_.push_back(std::move(source_id)); }
    std::size_t held() const { return held_.size(); }

    /// The sources to be sent now: all that were held once the watch is not paused, one as a probe
    /// when that is due, else none.
    std::vector<std::string> release(time_point now);

    /// When release() may return something; nothing while nothing is held.
    std::optional<time_point> next_release(time_point now) const;

private:
    gate_options options_;
    std::deque<std::string> held_;
    bool paused_ = false;
    bool at_post_ = false;  // By the refusal that counts.
    unsigned failures_ = 0;
    time_point first_failure_{};
    std::string code_;
    std::string details_;
    std::string probe_;
    duration pause_{};
    time_point next_probe_{};
};

}  // namespace kustodrop::pipeline
