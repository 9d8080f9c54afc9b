#pragma once

#include "base/time.hpp"
#include "spool/following/log_evidence.hpp"
#include "spool/following/log_state.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::spool {

struct book_options {
    std::string watch;
    std::uint64_t file_system = 0;  // f_fsid, for the ids.
    std::string boot_id;            // Of the running kernel.
    bool lasting_inodes = true;     // Else a file that stays may have another number at any look.
    bool start_at_end = false;      // What is there at the watch's first start was read already.
    std::size_t max_logs = 20'000;  // Followed at a time.
    std::size_t max_ended = 64;     // Kept of a family.
    std::size_t max_alone = 4096;   // Ended logs of families of which nothing is there,
    duration alone_for = 24h;       // kept for so long: their folder may be back.
    duration doubt_for = 1s;        // A size that shrank must still be there after this long.
    evidence_sizes sizes = {};
};

/// Folders, by their names relative to the watch's, which could not be looked into. "" is all of
/// them.
using hidden_folders = std::vector<std::string>;

bool is_beneath_any(std::string_view name, const hidden_folders& folders);

using known_logs = std::map<log_number, log_state>;

/// What one look at all files of a watch works on: the known logs, the files, and what was found
/// out so far. Used by the steps of log_book::look only.
class look_table {
public:
    look_table(
        known_logs& known,
        log_number& last_number,
        const book_options& how,
        const std::vector<log_sighting>& seen,
        log_content& content,
        time_point time
    );

    /// The log of this very file that began last.
    log_state* latest_of(std::size_t file);

    /// A new log at position 0 in this file.
    log_state& add(std::size_t file, log_phase phase = log_phase::followed);
    void erase(log_number number);

    /// Ends a log. What was seen of it from `lost_from` on and not cut is lost.
    void end(log_state& log, loss_cause cause, std::uint64_t lost_from);
    void end(log_state& log, loss_cause cause) { end(log, cause, log.position); }
    void end_vanished(log_state& log, std::uint64_t lost_from);

    void judge(log_status status, log_number log, std::size_t file, log_number other = 0);

    /// Nothing is decided about a family while one of its members is in doubt.
    void doubt(std::size_t file) { unsettled_.insert(files[file].family); }
    bool is_settled(const std::string& family) const { return !unsettled_.contains(family); }

    /// Whether it lies beneath a folder that could not be looked into: it has not vanished.
    bool is_hidden(const log_state& log) const { return is_beneath_any(log.name, hidden); }
    bool is_full() const { return in_sight.size() >= options.max_logs; }

    struct ending {
        log_number log = 0;
        loss_cause cause = loss_cause::deleted;
        std::uint64_t lost_from = 0;
    };

    known_logs& logs;
    const book_options& options;
    const std::vector<log_sighting>& files;
    log_evidence evidence;
    time_point now{};
    hidden_folders hidden;
    loss_cause vanished_as = loss_cause::deleted;  // What became of bytes that are not there.
    std::set<std::size_t> strangers;               // Files of no log that is followed.
    std::map<log_number, std::size_t> in_sight;    // Followed logs, and the files they are.
    std::vector<ending> endings;
    // Logs that were truncated or written again, at this look or at an earlier one since which
    // nothing was decided about their families.
    std::set<log_number> emptied;
    look_result result;

private:
    log_number& last_number_;
    std::multimap<std::uint64_t, log_number> by_inode_;
    std::set<std::string> unsettled_;
};

}  // namespace kustodrop::spool
