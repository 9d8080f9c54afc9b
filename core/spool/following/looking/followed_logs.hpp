#pragma once

#include "base/result.hpp"
#include "spool/folder/drop_folder.hpp"
#include "spool/folder/writers.hpp"
#include "spool/following/log_book.hpp"
#include "spool/following/looking/held_files.hpp"
#include "spool/following/looking/log_names.hpp"
#include "spool/following/looking/log_ranges.hpp"
#include "spool/following/looking/look_content.hpp"
#include "spool/following/looking/open_logs.hpp"
#include "spool/journal/journal_records.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace kustodrop::spool {

struct following_rules {
    name_rule_options names;
    rotated_names rotated = {};
    bool recursive = false;
    hold_limits hold = {};
    bool spills = false;  // What exceeds them is shown before it is let go of.
    range_rules ranges;
    std::string scratch = {};  // The folder for the inflated bytes of compressed logs.
};

/// A followed log as a look has found it.
struct followed_log {
    log_number number = 0;
    std::string name;
    std::uint64_t position = 0;
    std::uint64_t size = 0;
    bool is_rotated = false;   // Only late writers add to it.
    bool is_nameless = false;  // Deleted, or moved out of the folder: it is read from what is open.
    std::uint64_t inode = 0;
    writer_state writers = writer_state::unknown;  // Asked where it is nameless and read.
};

/// Bytes that were seen and cannot be read any more.
struct lost_range {
    std::string name;
    std::uint64_t from = 0;
    std::uint64_t to = 0;
    loss_cause cause = loss_cause::deleted;
    std::string limit = {};  // The configuration key that did not let it be held; often empty.
    std::string log_id = {};
    std::string not_spilled = {};  // Why it was not written elsewhere; often empty.
};

/// A compressed log that is not inflated yet: nothing of its family is decided.
struct waiting_log {
    std::string name;
    std::string why;  // Empty: it is being compressed.
};

/// A log without a name that is not held any more although a program may add to it.
struct abandoned_log {
    std::string name;
    std::string limit;  // The configuration key that asked for it.
};

/// A log that would be let go of, with bytes that were not read. It is held until release().
struct departing_log {
    log_number number = 0;
    std::uint64_t inode = 0;
    std::uint64_t position = 0;
    std::uint64_t size = 0;

    friend bool operator==(const departing_log&, const departing_log&) = default;
};

/// Something other than growth.
struct log_news {
    log_status status = log_status::undecided;
    log_number log = 0;
    std::string name;
};

/// What a look at a folder of logs has shown.
struct folder_look {
    std::vector<followed_log> logs;
    std::vector<lost_range> lost;
    std::vector<log_news> news;
    std::vector<std::string> unreadable;  // By this process.
    std::vector<waiting_log> waiting;
    std::vector<std::string> vanished;  // Such logs that were deleted: what they held is not known.
    hidden_folders hidden;              // Subfolders that could not be looked into,
    bool hides_logs = false;            // and logs that are known lie beneath them.
    std::vector<std::string> links;     // To files that are not followed, by names of logs.
    std::vector<abandoned_log> abandoned;  // While a program had them open for writing.
    std::vector<departing_log> departing;  // The oldest first; none without `spills`.
    std::size_t held_files = 0;            // Deleted ones that are open,
    std::uint64_t held_bytes = 0;          // and the room that they take on the disk.
    std::shared_ptr<const open_logs> files;
};

/// The logs of one watch: what is known of them, and their files, open. Nothing is ever written.
/// Every function blocks, and one is called at a time.
class followed_logs {
public:
    followed_logs(book_options book, following_rules rules);

    /// What the journal holds. `begun`: the watch was followed before, whatever that is.
    void restore(const std::vector<log_record>& logs, bool begun);

    /// The folder is another one than the journal speaks of: what the next look finds in it is
    /// there at the first start.
    void begin_in_another_folder() { book_.begin_in_another_folder(); }

    /// Looks at every file of the folder. `pinned`: inodes of files that stay open.
    result<folder_look> look(
        const drop_folder& folder, const std::set<std::uint64_t>& pinned, time_point now
    );

    struct found_range {
        log_number log = 0;
        log_range range;
    };
    struct found_ranges {
        std::vector<found_range> ranges;
        std::set<log_number> changed;  // Since the last look: only the next one says what they are.

        /// Whether no record ends in what was wished of the log.
        bool lacks_record(log_number log) const {
            auto is_log = [&](auto& one) { return one.log == log; };
            return !changed.contains(log) && std::ranges::none_of(ranges, is_log);
        }
    };
    /// Finds what can be cut. Of each log that is named, at most one range.
    found_ranges find(const std::vector<range_wish>& wishes);

    /// The range is in a source from now on. Returns the log as the journal keeps it.
    log_record cut(const found_range& one);

    /// The log is departing, and the next look may let go of it: what was to be written elsewhere
    /// is, or `refusal` says why not.
    void release(log_number log, std::string refusal);

    /// Where a log is cut by now.
    std::uint64_t position_of(log_number log) const;

    /// These are read to their ends, and no one can find or write them any more.
    void end(const std::vector<log_number>& logs);

    /// What has changed since the last call, for the journal.
    struct changes {
        std::vector<log_record> written;
        std::vector<log_number> forgotten;
    };
    changes take_changes();

    std::vector<log_number> numbers() const;

    /// Every log as it was before what is still on its way of it: `unsettled` has the first offset
    /// of that, by the ids of the logs.
    std::vector<log_record> settled_logs(const std::map<std::string, std::uint64_t>& unsettled
    ) const;
    void set_rules(following_rules rules) { rules_ = std::move(rules); }

    const known_logs& known() const { return book_.logs(); }

    /// See log_book.
    std::string id_with(log_number log, const std::optional<content_mark>& head) const {
        return book_.id_with(log, head);
    }

    /// What was seen of all logs and is in no source.
    std::vector<log_loss> unread() const { return book_.unread(); }

private:
    // Why a log is not held, and why it is not written elsewhere.
    struct letting_go {
        std::string limit;
        std::string refusal;
    };

    std::vector<seen_file> list(
        const drop_folder& folder, const log_names& names, const std::vector<sighting>& found
    ) const;
    void hold(
        std::vector<seen_file>& files,
        look_content& reading,
        const std::set<std::uint64_t>& pinned,
        const std::set<std::uint64_t>& released
    );
    std::set<std::uint64_t> released_of(
        const std::vector<seen_file>& files,
        const std::set<std::uint64_t>& pinned,
        std::uint64_t scarce_bytes,
        time_point now
    );
    bool departs(std::uint64_t inode) const;
    folder_look report(
        const std::vector<seen_file>& files,
        look_result found,
        const std::map<log_number, letting_go>& limits
    ) const;

    book_options options_;
    following_rules rules_;
    log_book book_;
    std::map<std::uint64_t, open_log> open_;  // By inode.
    remembered_files rested_;
    std::map<std::uint64_t, time_point> nameless_since_;  // Deleted files that are open, by inode.
    std::map<log_number, letting_go> released_;           // Not held any more, by which limit.
    std::vector<abandoned_log> abandoned_;                // Of these what is still written.
    std::vector<departing_log> departing_;                // At this look.
    std::map<log_number, std::string> may_go_;            // Departing; see release().
};

}  // namespace kustodrop::spool
