#pragma once

#include "spool/folder/descriptor.hpp"
#include "spool/following/log_identity.hpp"
#include "spool/source/source.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace kustodrop::spool {

using shared_descriptor = std::shared_ptr<const descriptor>;

/// A file of a log, open, whatever its name is now or whether it still has one.
struct open_log {
    std::string name;    // The last one that was seen.
    std::string family;  // See log_state.
    log_file file;
    shared_descriptor opened;  // Of a compressed one: its inflated bytes.
    bool compressed = false;
};

/// The open files of a watch's logs as they were at one look. Immutable: readers and the next look
/// do not disturb each other.
class open_logs {
public:
    open_logs() = default;
    /// Where inode numbers do not last, the file of a slice may have another one by now.
    explicit open_logs(std::vector<open_log> logs, bool lasting_inodes = true);

    bool empty() const { return by_inode_.empty(); }

    /// The file that a slice was cut from; null if it is not open.
    shared_descriptor find(const slice& of) const;

    /// The file that holds a slice's bytes, as their checks say: its own, or one that was rotated
    /// from the same log, or that log where it may be numbered differently. Null if there is none.
    /// Blocking.
    const open_log* holder_of(const slice& of) const;

private:
    std::map<std::uint64_t, open_log> by_inode_;
    bool lasting_inodes_ = true;
};

/// Whether the open file has the slice's bytes, as far as the slice's checks are known. Blocking.
bool holds_slice(int file, const slice& of);

}  // namespace kustodrop::spool
