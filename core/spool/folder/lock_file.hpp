#pragma once

#include "base/result.hpp"
#include "spool/folder/descriptor.hpp"

#include <string>

namespace kustodrop::spool {

/// An open file description lock that keeps a second daemon out, on this host and (where the file
/// system carries locks) on others. The kernel drops it with the process, however that ends.
class lock_file {
public:
    /// Takes the lock `name` in the folder, creating it for its owner only, and writes `holder`
    /// (one line: who we are) into it. If another holds it: failure `code`, whose detail says what
    /// the file says, or that a stranger has it open.
    static result<lock_file> take(
        int folder, const std::string& name, std::string_view holder, errc code
    );

    bool held() const { return file_.is_open(); }

private:
    descriptor file_;
};

/// "pid 123 on host NAME, state directory PATH": what our locks say.
std::string holder_line(std::string_view state_directory);

/// What a lock file says of its holder, fit to be shown; empty: nothing. Blocking.
std::string holder_in(int file);

/// Locks the state directory with its file "lock"; failure "state_locked" says who holds it. One
/// that cannot be locked is of no use to the journal in it: "journal_unlockable".
result<lock_file> lock_state_directory(const std::string& path);

}  // namespace kustodrop::spool
