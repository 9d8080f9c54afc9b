#pragma once

#include "base/time.hpp"
#include "spool/following/log_book.hpp"
#include "spool/following/log_evidence.hpp"
#include "spool/following/looking/open_logs.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace kustodrop::spool {

/// A file of a look.
struct seen_file {
    log_sighting facts;
    std::uint64_t disk_inode = 0;  // As its file system numbers it.
    std::uint64_t full_size = 0;   // With the reserve of its writer.
    std::int64_t changed_ns = 0;
    shared_descriptor opened;
    bool is_refused = false;
    bool is_nameless = false;      // It was not met in the folder, and is open.
    bool is_deleted = false;       // It has no name anywhere,
    std::uint64_t held_bytes = 0;  // and takes so much of the disk until it is closed.
};

/// What is remembered of a file that has not changed since: nothing in it is read twice.
struct remembered_file {
    std::uint64_t full_size = 0;
    std::int64_t changed_ns = 0;
    std::uint64_t size = 0;
    bool rests = false;       // For longer than the clock of the file system is coarse.
    bool is_unknown = false;  // It is compressed and was not inflated: its size says nothing.
    std::optional<time_point> broken_since = {};  // It rests, and is not a whole gzip file.
    std::string waits_for = {};                   // Why it could not be inflated.
    std::string waits_as = {};                    // Its name meanwhile.
    time_point retry_at{};                        // When that is tried again.
    std::optional<bool> is_noise = {};            // As was found when it was asked.
    std::map<std::pair<std::uint64_t, std::uint64_t>, std::uint64_t> hashes = {};
};

using remembered_files = std::map<std::uint64_t, remembered_file>;  // By inode.

/// The files of a look, opened when their bytes are asked for.
class look_content final : public log_content {
public:
    look_content(
        int root,
        std::vector<seen_file>& files,
        remembered_files& rested,
        const std::string& scratch,
        time_point now
    )
        : root_(root), files_(files), rested_(rested), scratch_(scratch), now_(now) {}

    /// Finds the sizes of all files, and forgets what is not among them.
    void measure(const log_book& book);

    /// Compressed files that were never inflated, because there was no room, and are not among the
    /// files any more. Found by measure().
    const std::vector<std::string>& vanished() const { return vanished_; }

    std::optional<std::uint64_t> hash(std::size_t file, std::uint64_t from, std::uint64_t to)
        override;

    std::uint64_t line_end(std::size_t file, std::uint64_t limit) override;
    bool is_noise(std::size_t file) override;

    /// The file, if it still is the one that was seen under its name; of a compressed one, its
    /// inflated bytes. Null: not now.
    shared_descriptor open(std::size_t file);

private:
    void measure_compressed(std::size_t file, const log_book& book);
    bool is_written_into(std::size_t file);
    shared_descriptor inflate(std::size_t file, int opened);

    int root_;
    std::vector<seen_file>& files_;
    remembered_files& rested_;
    const std::string& scratch_;
    time_point now_;
    std::vector<std::string> vanished_;
};

}  // namespace kustodrop::spool
