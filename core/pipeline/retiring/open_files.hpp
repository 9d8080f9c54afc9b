#pragma once

#include "async/clock.hpp"
#include "async/offload.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "pipeline/retiring/file_moves.hpp"
#include "pipeline/retiring/postponed.hpp"
#include "pipeline/roster.hpp"
#include "pipeline/watch/watch_table.hpp"
#include "spool/folder/retention.hpp"
#include "spool/journal/journal.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace kustodrop::pipeline {

struct open_files_parts {
    roster& sources;
    spool::journal& journal;
    worker_pool& pool;
    clock& time;
    random_generator& random;
    logger& log;
};

/// A file in the archive or the quarantine that holds more than was shipped of it.
struct added_file {
    spool::source of;  // As which it was shipped; of its slices this file's.
    file_growth seen;

    // A file in quarantine is claimed again; under this id.
    std::string next_id = {};
    std::optional<spool::slice> claimed = {};
};

/// What was shipped as which of these sources, newest first, and lies at that place: the source,
/// with this file alone. Nothing if none of them says so, or one is not retired. Pure.
std::optional<spool::source> shipped_as(
    const std::string& location, const std::vector<spool::journal_row>& rows
);

/// The files of one watch that are where their outcome has sent them, and to which writers may add:
/// those that a writer had open at the move are looked at until it is closed; those that were
/// written later, by a writer that came later or was forgotten with a restart, are found by
/// retention.
class open_files {
public:
    open_files(watch& from, open_files_parts parts) : watch_(from), with_(parts) {}

    /// A writer has the file open.
    void add(spool::source what, const spool::slice& file);

    /// Files in the archive that were written since they were archived.
    void look_into(std::vector<spool::written_file> files);

    /// Those of them that hold nothing that was not shipped.
    const std::unordered_map<std::string, spool::written_file>& looked_into() const {
        return looked_into_;
    }

    /// When look() is to be called.
    std::optional<time_point> next_due() const;

    /// Looks at what is due. What it returns is not looked at any more.
    asio::awaitable<std::vector<added_file>> look();

private:
    struct open_file {
        spool::source of;
        std::string next_id = {};
        unsigned looks = 0;
        std::optional<spool::written_file> written = {};  // As retention saw it.
    };
    struct seen_file {
        late_look look;
        std::optional<spool::slice> claimed = {};
    };
    struct written {
        spool::written_file file;
        std::vector<spool::journal_row> journaled;  // Sources that it may have been shipped as.
    };

    asio::awaitable<void> find_written();
    asio::awaitable<std::vector<added_file>> look_at(std::vector<open_file> due);
    void keep(open_file one, const late_look& seen);
    std::vector<written> without_known(std::vector<written> files) const;
    void note_looked_into(const spool::written_file& file);

    watch& watch_;
    open_files_parts with_;
    postponed<open_file> waiting_;
    std::vector<spool::written_file> written_;
    std::vector<open_file> found_;  // Written ones, with what they were shipped as.
    std::unordered_map<std::string, spool::written_file> looked_into_;
};

}  // namespace kustodrop::pipeline
