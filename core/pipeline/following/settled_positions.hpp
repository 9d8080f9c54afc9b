#pragma once

#include "pipeline/intake/intake_parts.hpp"
#include "pipeline/watch/watch_table.hpp"
#include "spool/following/keeping/positions.hpp"
#include "spool/following/looking/followed_logs.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kustodrop::pipeline {

/// Keeps beside the journal how far the logs of a watch have outcomes (spool/following/keeping/
/// positions.hpp). What is read again after the loss of the journal is only what had none.
class settled_positions {
public:
    settled_positions(const watch& from, intake_parts with, std::string state_directory)
        : watch_(from), with_(with), state_directory_(std::move(state_directory)) {}

    /// Finds the watch's part of the state directory by its folder, whatever its name was, and
    /// returns the ranges that are kept there; null without such a directory. Blocking.
    std::shared_ptr<const spool::kept_ranges> adopt() const;

    /// What was kept of the logs of the watch's folder, for a journal that knows nothing of them;
    /// nothing: it was never followed, as far as is known here. Blocking.
    std::optional<std::vector<spool::log_record>> recover() const;

    /// Writes them, once a minute and only if they have changed.
    boost::asio::awaitable<void> keep(std::shared_ptr<spool::followed_logs> logs, bool at_once);

private:
    const watch& watch_;
    intake_parts with_;
    std::string state_directory_;
    std::optional<time_point> written_at_;
    spool::kept_positions written_;
    bool has_failed_ = false;
};

}  // namespace kustodrop::pipeline
