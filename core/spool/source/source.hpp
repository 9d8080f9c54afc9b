#pragma once

#include "base/boxed.hpp"
#include "base/random.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace kustodrop::spool {

/// What distinguishes one version of a file from another. An inode number alone identifies nothing:
/// ext4 gives it to the next file at once (docs/traps.md §4.1).
struct file_identity {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;  // 0: not known, for it does not last on that file system.
    std::uint64_t size_bytes = 0;
    std::int64_t modified_ns = 0;  // mtime
    std::int64_t changed_ns = 0;   // ctime, which a rename moves and utimes(2) cannot set
    std::int64_t born_ns = 0;      // 0: not known. Of kept files only, and never compared by ==.

    /// The same file, possibly with other bytes. Both must be of one folder: the device is not
    /// compared, for the kernel may number it differently with every mount. Where inode numbers do
    /// not last, only the place shows which file it is.
    bool same_file(const file_identity& other) const {
        return inode == other.inode || inode == 0 || other.inode == 0;
    }

    /// The same bytes, wherever they were renamed to. Both must be of one folder.
    bool same_content(const file_identity& other) const {
        return same_file(other) && size_bytes == other.size_bytes &&
               modified_ns == other.modified_ns;
    }
    friend bool operator==(const file_identity& a, const file_identity& b) {
        return a.device == b.device && a.inode == b.inode && a.size_bytes == b.size_bytes &&
               a.modified_ns == b.modified_ns && a.changed_ns == b.changed_ns;
    }
};

/// A range of one file's bytes. What travels is a list of these: a whole file is one slice.
struct slice {
    std::string name;      // As found, relative to the watch's folder; raw bytes.
    std::string location;  // Where it is now, relative to the watch's folder.
    std::uint64_t offset = 0;
    std::uint64_t length_bytes = 0;
    file_identity identity = {};
    // The sampled_check() of the bytes before the offset and of those before the slice's end, of
    // followed logs the tail_check() (both in reading/records); 0: not known. They differ when the
    // file was written again.
    std::uint32_t start_check = 0;
    std::uint32_t end_check = 0;
    std::uint64_t head_bytes = 0;    // Before `offset`, left out because other slices come first.
    boxed<std::string> log_id = {};  // Of the followed log that it is of; else nothing.

    std::uint64_t end() const { return offset + length_bytes; }

    /// Whether the file has bytes behind the slice: they were not there, or their record was not
    /// whole, when it was cut.
    bool has_rest() const { return identity.size_bytes > end(); }

    friend bool operator==(const slice&, const slice&) = default;
};

enum class outcome {
    succeeded,    // The service said so.
    failed,       // The service said so.
    skipped,      // Empty: never sent.
    rejected,     // Never sent: too large, broken gzip, hostile.
    unconfirmed,  // No notification within outcome_timeout.
    presumed,     // Only failures are reported, and none came.
};

std::string_view to_string(outcome);
std::optional<outcome> parse_outcome(std::string_view name);

/// How a source ended, as the journal keeps it.
struct outcome_record {
    spool::outcome outcome = outcome::unconfirmed;
    std::string code;          // The service's error code or ours; empty on success.
    std::string details;       // Its text, without secrets.
    std::string operation_id;  // The service's id of the ingestion.
    wall_time at{};

    friend bool operator==(const outcome_record&, const outcome_record&) = default;
};

/// Where a source's bytes lie in the service's storage. Without the SAS, which is secret and dies.
struct blob_record {
    std::string account;
    std::string container;
    std::string name;
    std::uint64_t raw_bytes = 0;     // Uncompressed: the message's RawDataSize.
    std::uint64_t stored_bytes = 0;  // As uploaded.

    friend bool operator==(const blob_record&, const blob_record&) = default;
};

/// The stages of docs/architecture.md §2, each with just the facts it has.
namespace stage {
struct claimed {
    friend bool operator==(const claimed&, const claimed&) = default;
};
struct uploaded {
    blob_record blob;
    friend bool operator==(const uploaded&, const uploaded&) = default;
};
struct posting {
    blob_record blob;
    wall_time at{};
    friend bool operator==(const posting&, const posting&) = default;
};
struct posted {
    blob_record blob;
    wall_time at{};
    friend bool operator==(const posted&, const posted&) = default;
};
struct settled {
    outcome_record record;
    friend bool operator==(const settled&, const settled&) = default;
};
struct retired {
    outcome_record record;
    wall_time at{};
    friend bool operator==(const retired&, const retired&) = default;
};
}  // namespace stage

using any_stage = std::variant<
    stage::claimed,
    stage::uploaded,
    stage::posting,
    stage::posted,
    stage::settled,
    stage::retired>;

/// "claimed" … "retired".
std::string_view name_of(const any_stage&);

/// The blob of a stage that has one.
const blob_record* blob_of(const any_stage&);

/// Whether the service may still have to be given the source: every stage before `posted`.
bool is_unposted(const any_stage&);

/// From where a source is sent again: its blob, or its file if it has none in storage.
any_stage unposted(const any_stage&);

/// The outcome of a stage that has one.
const outcome_record* outcome_of(const any_stage&);

/// Where the service reports on a post; several posts of a source may be reported in several
/// places.
struct report_places {
    bool in_queue = false;
    bool in_table = false;
    bool in_operation = false;  // Of a request to ingest by REST: the service is asked for it.
    bool in_answer = false;     // Streamed: the answer to the request is the report.

    /// Whether a report of one of the first three is awaited.
    bool any() const { return in_queue || in_table || in_operation; }
    bool only_in_answer() const { return in_answer && !any(); }
    friend bool operator==(const report_places&, const report_places&) = default;
};

/// How a source was sent to the service: "queued", "rest", "streaming", or several of them where an
/// answer was lost or the transport has changed: "streaming, queued". Empty: not sent yet, or by an
/// earlier release.
std::string_view way_of(const report_places&);

/// A post that was a request to ingest by REST.
struct rest_post {
    std::string database;
    std::string table;
    std::string operation = {};  // The service's id; empty until it answers.
    friend bool operator==(const rest_post&, const rest_post&) = default;
};

/// One thing that is ingested.
struct source {
    std::string id;     // GUID in lower case: message Id and IngestionSourceId.
    std::string watch;  // The watch's name.
    std::vector<slice> slices;
    any_stage stage;
    wall_time claimed_at{};
    unsigned attempts = 0;         // Uploads begun; survives restarts.
    unsigned begun = 0;            // Uploads begun, one after the other, that never ended.
    unsigned posts = 0;            // Posts sent, answered or not.
    unsigned ambiguous_posts = 0;  // Posts whose answer was lost: each may be a duplicate.
    wall_time last_post_at{};      // When the last post was sent; the epoch: never.
    // Which of this run's identity tokens the last post had; 0: one of an earlier run. Not in the
    // journal.
    std::uint64_t token_number = 0;
    // A token that one of its posts since the last start had was refused, and it was not sent again
    // since. Not in the journal.
    bool token_refused = false;
    report_places reported = {};  // Of all its posts; none: an earlier release has posted it.
    // Its last posts by REST, in their order. Of one without an operation the answer was lost, or
    // is still awaited: no outcome of it can be asked for.
    std::vector<rest_post> rest_posts = {};
    // The failures of single posts that the service has reported, by a key of each, for a
    // notification may come twice, and the last of them. They decide only when no other post is
    // outstanding (docs/architecture.md §8).
    std::vector<std::string> failure_keys = {};
    boxed<outcome_record> last_failure = {};  // Of few: it costs the others a pointer.
    unsigned posts_before_failure = 0;  // Posts sent when it came: later ones do not belong to it.
    std::string target;                 // "Database.Table", for the record.
    std::optional<std::uint64_t> records = {};  // Of its last upload; nothing: they are not known.
    // The cluster of its last post, as the configuration names it; none: the only one.
    boxed<std::string> cluster = {};

    std::uint64_t size_bytes() const;
    std::uint64_t log_bytes() const;  // Of followed logs only.
    friend bool operator==(const source&, const source&) = default;
};

/// Whether its last request was a streaming one, of which the outcome is not known: it has no blob.
bool is_streamed(const source&);

/// A new source's id, 36 characters in lower case: a GUID that begins with the time (RFC 9562,
/// version 7), so that what is on its way at a time lies on few pages of the journal.
std::string make_source_id(random_generator& random, wall_time now);

}  // namespace kustodrop::spool
