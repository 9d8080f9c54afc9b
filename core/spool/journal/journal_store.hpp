#pragma once

#include "base/result.hpp"
#include "spool/journal/journal_changes.hpp"
#include "spool/journal/journal_records.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kustodrop::spool {

struct journal_page {
    std::vector<journal_row> rows;
    std::optional<journal_cursor> next;  // Nothing: the record ends here.
};

enum class store_access {
    exclusive,  // The daemon's: one process, durable.
    unsynced,   // The simulation's: as above, on a file system that forgets anyway.
    read_only,  // One of an older schema is read as if it were of this one.
    as_it_is,   // For a copy: of whatever schema.
};

/// The journal's database, blocking, one thread at a time. Failures: "journal_locked",
/// "journal_corrupt", "journal_newer", "disk_full", "journal_io".
class journal_store {
public:
    static result<std::unique_ptr<journal_store>> open(const std::string& path, store_access);
    ~journal_store();

    bool is_new() const;  ///< Created by this opening.

    /// After an end that was not clean, the parts of a large journal that opening left unchecked.
    std::size_t parts_to_check() const;
    result<void> check_part(std::size_t part);

    /// Whether its file was removed or renamed, so that what is written is lost at the next start.
    bool is_displaced() const;

    /// One transaction, on disk when it returns. A change that the database refuses for what is in
    /// it, and would refuse each time, is left out.
    result<void> write(const journal_group& changes);

    /// Which changes were left out since the last call, and why.
    std::vector<std::string> take_refused();

    result<void> each_unretired(const visitor& visit);
    result<std::vector<kept_file>> kept(const std::string& watch);
    result<std::vector<folder_record>> folders();
    result<std::vector<log_record>> logs(const std::string& watch);

    /// Goes through a bounded number of rows; of these it returns up to `limit` that match.
    result<journal_page> page(
        const journal_query& query, const journal_cursor& from, std::size_t limit
    );

    result<std::size_t> forget_retired(wall_time before);

    /// Copies a part to the file `path`, which is replaced where it `begins`. False: all is copied.
    result<bool> copy_part(const std::string& path, bool begins);

private:
    struct tables;
    explicit journal_store(std::unique_ptr<tables> tables);
    std::unique_ptr<tables> tables_;
};

}  // namespace kustodrop::spool
