#pragma once

#include "spool/following/log_state.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>

namespace kustodrop::spool {

/// The bytes of the files of one look, by their places in its list of sightings. The seam between
/// the rules and the disk.
class log_content {
public:
    virtual ~log_content() = default;

    /// content_hash() of [from, to); nothing where the bytes cannot be read.
    virtual std::optional<std::uint64_t> hash(
        std::size_t file, std::uint64_t from, std::uint64_t to
    ) = 0;

    /// The end of the last line that ends at or before `limit`; 0: none does.
    virtual std::uint64_t line_end(std::size_t file, std::uint64_t limit) = 0;

    /// Whether it begins with bytes that no text has.
    virtual bool is_noise(std::size_t file) = 0;
};

/// Compares bytes with marks and files with each other. What cannot be read proves nothing, and
/// its file is remembered as unreadable.
class log_evidence {
public:
    log_evidence(evidence_sizes sizes, const std::vector<log_sighting>& files, log_content& content)
        : sizes_(sizes), files_(files), content_(content) {}

    bool holds(std::size_t file, const content_mark& mark);

    /// The mark of the bytes before `end`: an anchor or a witness.
    content_mark mark_before(std::size_t file, std::uint64_t end);

    /// The mark of the file's beginning, or of all of it where it is short.
    content_mark head_of(std::size_t file);

    /// Whether `file` holds what `other` begins with, up to its own end.
    bool is_beginning_of(std::size_t file, std::size_t other);

    /// Whether all that is known of the log but its older anchors holds: its head, what lies before
    /// its position, and what was seen last of it. A head of NULs was freed, as by `fallocate -p`.
    bool is_unchanged(const log_state& log, std::size_t file);

    struct proof {
        std::uint64_t end = 0;
        bool all = false;    // Everything that was seen of the log is there too,
        bool whole = false;  // and is long enough to prove something by itself.
    };
    /// Up to where the file is proven to hold what was read of the log.
    proof proven(const log_state& log, std::size_t file);

    bool unreadable(std::size_t file) const { return unreadable_.contains(file); }
    std::uint64_t line_end(std::size_t file, std::uint64_t limit) {
        return content_.line_end(file, limit);
    }
    bool is_noise(std::size_t file) { return content_.is_noise(file); }
    const evidence_sizes& sizes() const { return sizes_; }

private:
    bool is_freed(const log_state& log, std::size_t file);
    std::uint64_t size_of(std::size_t file) const { return files_[file].size_bytes; }
    std::optional<std::uint64_t> hash(std::size_t file, std::uint64_t from, std::uint64_t to);

    evidence_sizes sizes_;
    const std::vector<log_sighting>& files_;
    log_content& content_;
    std::set<std::size_t> unreadable_;
};

}  // namespace kustodrop::spool
