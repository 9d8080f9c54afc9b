#pragma once

#include "base/time.hpp"
#include "spool/following/log_identity.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace kustodrop::spool {

/// Counts the logs of a watch, from 1; never used twice.
using log_number = std::uint64_t;

enum class log_phase {
    followed,   // It is read as it grows.
    copy,       // Never read: its bytes are another log's, which is followed, or it is broken or
                // was wiped.
    undecided,  // A copy or not: kin of it is in doubt. Known so that it cannot vanish unnoticed.
    ended,      // Truncated or gone. It stays known for as long as remains of it may turn up.
};

/// What a file that seems to have shrunk holds now: network file systems report an old, smaller
/// size for a moment, so that two looks must agree on it. Of a copy, what it holds while it cannot
/// be compared with its original.
struct content_doubt {
    std::optional<time_point> since;  // Not kept over restarts.
    content_mark witness;             // Its end is the size.

    friend bool operator==(const content_doubt&, const content_doubt&) = default;
};

/// All that is known of one log: one file in one life, whatever its name.
struct log_state {
    log_number number = 0;
    std::string id;      // See make_log_id; empty until its first cut.
    std::string name;    // Relative to the watch's folder; raw bytes. The last one it had.
    std::string family;  // The live name that its rotated names are made from.
    log_file file;
    bool compressed = false;  // Positions and sizes are those of the inflated bytes.
    unsigned life = 0;
    log_phase phase = log_phase::followed;
    log_number copy_of = 0;
    bool carried = false;  // Ended, and another log continues it.

    std::uint64_t position = 0;         // Up to where its bytes are cut.
    std::optional<content_mark> head;   // Of its first record, from the first cut on.
    std::vector<content_mark> anchors;  // Before the position and before older ones, ascending.
    content_mark witness;               // Before the size at the last look, which is its end.
    std::optional<content_mark> proven_copy;  // Up to where a copy of it is known to be one.
    std::string boot_id;                      // Of the kernel when its bytes were last compared.
    std::optional<content_doubt> doubt;

    std::uint64_t size_seen() const { return witness.end; }

    /// A compressed file that is broken, or one that was wiped: nothing of it is read.
    bool is_given_up() const { return phase == log_phase::copy && copy_of == 0; }
    friend bool operator==(const log_state&, const log_state&) = default;
};

/// What a look showed of one file.
struct log_sighting {
    std::string name;          // Empty: a followed log that is deleted and held open.
    std::string family;        // Its live name; its own where it has the live name itself.
    bool rotated = false;      // It has the name of a rotated log, not the live one.
    bool compressed = false;   // Its content and size are the inflated ones.
    bool unfinished = false;   // Not inflated yet: nothing of its family is decided.
    bool broken = false;       // Cannot be inflated: its content is what comes before the break.
    bool may_be_live = false;  // Rotated, as its name and its folder say, or a log of its own.
    log_file file;
    std::uint64_t size_bytes = 0;  // Without a tail of NULs that its writer preallocated.
};

enum class log_status {
    same_log,        // Known, and what was read of it is unchanged.
    shrink_doubted,  // Known, and smaller than it was: a second look decides.
    truncated,       // That life has ended, and a new one begins at 0.
    cut_short,       // Its end was taken away, by a power failure or by hand: a new life from the
                     // last anchor that holds.
    vanished,        // No longer there: ended.
    returned,        // An ended log that is there again.
    new_log,         // From 0.
    another_file,    // The same, with the inode of a log that was deleted.
    copy,            // Of another log: not followed.
    remains,         // Continues a log that has ended.
    from_its_size,   // There at the watch's first start under a rotated name.
    unseen,          // Under a rotated name, and of no log that is known: from 0.
    broken,          // Compressed, and not to be inflated: what it held is lost.
    wiped,           // Overwritten with bytes that no text has, as by shred(1): not read.
    undecided,       // Empty, unreadable, or kin of a log in doubt: hold it, and show it again.
    too_many,        // Not followed: the watch has max_logs already.
};

std::string_view to_string(log_status);

/// What was found out about one file or log.
struct log_judgement {
    log_status status = log_status::undecided;
    log_number log = 0;               // 0: none.
    log_number other = 0;             // The log that it is a copy of, continues or replaces.
    std::optional<std::size_t> file;  // Of the sightings.

    friend bool operator==(const log_judgement&, const log_judgement&) = default;
};

enum class loss_cause {
    deleted,      // The file was deleted, or left the folder.
    truncated,    // It was found smaller than before.
    overwritten,  // It was found with other bytes in their place.
    broken,       // The compressed file with them cannot be inflated.
    left,         // The watch has another folder by now.
};

/// The code of the outcome: "deleted_unread" and so on.
std::string_view code_of(loss_cause);

/// Whether it is the code of such an outcome: the bytes are nowhere any more.
bool is_loss(std::string_view code);

/// Bytes that were seen, never cut, and are no longer there: [from, to) at least.
struct log_loss {
    log_number log = 0;
    std::uint64_t from = 0;
    std::uint64_t to = 0;
    loss_cause cause = loss_cause::deleted;
    std::string name;  // The last one that the log had.
    std::string id = {};

    friend bool operator==(const log_loss&, const log_loss&) = default;
};

struct look_result {
    std::vector<log_judgement> judgements;
    std::vector<log_loss> losses;
};

}  // namespace kustodrop::spool
