#pragma once

#include "async/awaitable.hpp"
#include "pipeline/intake/intake_parts.hpp"
#include "pipeline/recovery.hpp"
#include "pipeline/routing.hpp"
#include "pipeline/watch/watch_table.hpp"
#include "spool/source/source.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace kustodrop::pipeline {

/// How the sources of earlier runs come back when their folder is opened: a part at a time, packed
/// again at once where they only wait, for there may be a million.
class backlog {
public:
    backlog(watch& from, intake_parts& with, routing& next, found_work& work);

    /// Resumes the watch's sources whose files are here. Returns how many have them in another
    /// folder: they stay absent.
    asio::awaitable<std::size_t> resume_own(folder_facts where);

    /// Resumes what else has files here: sources that lost their place, those of a watch of another
    /// name, those that the journal has. Returns the files that are new, as sources to be admitted,
    /// and logs what was found.
    asio::awaitable<std::vector<spool::source>> resume_strangers();

    /// Sources that are ranges of logs, cut when the watch followed them, and the first one's log:
    /// they stay absent.
    struct cut_sources {
        std::size_t sources = 0;
        std::string first;
    };
    const cut_sources& of_logs() const { return of_logs_; }

private:
    bool any_found(const folder_facts& where) const;
    void take(std::vector<spool::source> some, const folder_facts& where, bool any_found);
    void resume(std::vector<spool::source> some);
    void find_places();
    void report(const adopted_files& adopted) const;

    watch& watch_;
    intake_parts& with_;
    routing& next_;
    found_work& work_;
    std::vector<spool::source> missing_;  // Their files are not where they should be.
    std::size_t journaled_ = 0;
    std::size_t elsewhere_ = 0;
    std::size_t lost_ = 0;
    cut_sources of_logs_;
};

}  // namespace kustodrop::pipeline
