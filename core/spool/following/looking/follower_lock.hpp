#pragma once

#include "base/result.hpp"
#include "spool/folder/drop_folder.hpp"

#include <string>

namespace kustodrop::spool {

/// Keeps a second daemon from following the same folder. Nothing is written there, so the folder
/// itself is locked, by flock(2) on a descriptor of its own: this works on mounts that are
/// read-only, and ends with this object even if something else has the folder open.
class follower_lock {
public:
    /// Failure "folder_locked": another process has it. Where the file system refuses such locks
    /// the result is not held.
    static result<follower_lock> take(const drop_folder& folder);

    bool is_held() const { return folder_.is_open(); }

    /// Why it is not held.
    const std::string& refusal() const { return refusal_; }

private:
    descriptor folder_;
    std::string refusal_;
};

}  // namespace kustodrop::spool
