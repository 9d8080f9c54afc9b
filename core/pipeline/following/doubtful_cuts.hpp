#pragma once

#include "pipeline/intake/intake_parts.hpp"
#include "pipeline/routing.hpp"
#include "pipeline/watch/watch_table.hpp"
#include "spool/following/looking/followed_logs.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace kustodrop::pipeline {

/// An inode that no file has: with it among those that a look needs, compressed logs are opened.
static constexpr std::uint64_t missed_file = 0;

/// The cuts of a watch that could not be read. A log may have been rotated by a copy, or was not
/// open when its bytes were asked for: they are looked for in the files of its family. What is not
/// found for some seconds is lost, and nothing else of its source is.
class doubtful_cuts {
public:
    doubtful_cuts(watch& from, intake_parts with, routing& next)
        : watch_(from), with_(with), next_(next) {}

    void add(const std::string& source_id);

    /// These were cut from logs of another folder than the watch has now.
    void leave_behind(const std::vector<std::string>& source_ids) {
        left_.insert(source_ids.begin(), source_ids.end());
    }

    /// While there are any, compressed logs are to be open as well.
    bool any() const { return !since_.empty(); }

    /// `sees_all`: at the last look every log could be read; else nothing is given up. Returns the
    /// ids of sources that were made of parts of others.
    boost::asio::awaitable<std::vector<std::string>> judge(bool sees_all);

    /// Bytes that were never cut: their source has an outcome at once.
    void settle(const spool::lost_range& lost);

private:
    std::string give_up(spool::source& what, const struct readable_source& found);
    void end(spool::source& what, const spool::lost_range& lost);
    void settle(spool::source& what, const spool::lost_range& lost);

    watch& watch_;
    intake_parts with_;
    routing& next_;
    std::map<std::string, time_point> since_;  // By source.
    std::set<std::string> left_;               // Sources.
};

}  // namespace kustodrop::pipeline
