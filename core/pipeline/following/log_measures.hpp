#pragma once

#include "base/metrics.hpp"
#include "pipeline/watch/log_figures.hpp"
#include "spool/following/looking/followed_logs.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace kustodrop::pipeline {

/// What is counted of the logs of a watch. In bytes, always: seen = waiting + in a stage + outcomes
/// (docs/metrics.md).
class log_measures {
public:
    explicit log_measures(metrics& measured) : measured_(measured) {}

    /// A look, with the bytes that waited before it and those that wait after it.
    void looked(
        const std::string& watch,
        const spool::folder_look& seen,
        std::uint64_t waited_bytes,
        std::uint64_t waiting_bytes
    );

    /// A cut that was made for that reason. `skipped`: bytes of it that are in no source.
    void cut(const std::string& watch, std::string_view reason, std::uint64_t skipped);

    /// A range was cut that does not end, or begin, with a record.
    void split(const std::string& watch, spool::record_split why);

    /// The last look, counted. Without what changes between looks.
    const log_figures& figures() const { return figures_; }

    /// The logs of another folder follow.
    void forget();

private:
    void count(const std::string& watch, std::string_view kind);
    void count_rotations(const std::string& watch, const spool::folder_look& seen);
    void count_states(const spool::folder_look& seen);

    struct known_log {
        std::string name;
        bool is_nameless = false;
    };

    metrics& measured_;
    log_figures figures_;
    std::map<spool::log_number, known_log> known_;
    std::set<std::pair<spool::log_status, std::string>> news_;  // Of the last look.
    std::int64_t surplus_ = 0;  // Bytes that were counted as seen and did not wait again.
};

}  // namespace kustodrop::pipeline
