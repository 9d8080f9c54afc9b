#pragma once

#include "base/log.hpp"
#include "base/random.hpp"
#include "pipeline/intake/resuming.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace kustodrop::pipeline {

struct named_files_parts {
    resuming_parts resuming;
    spool::journal& journal;
    random_generator& random;
};

/// The intake of `send`: files that the caller names, shipped where they are and left there. It
/// takes the place of a watched folder, which is "/".
class named_files {
public:
    named_files(watch& from, named_files_parts parts);

    /// Opens the folder, reads which files were sent before, and resumes through reconcile() what
    /// the journal has not retired. Blocking.
    result<void> open(std::vector<spool::source> unretired);

    /// What became of a file that was named.
    struct taken {
        spool::source* source = nullptr;  // On its way: since now, or since an earlier run.
        std::optional<spool::kept_file> sent_before = {};  // This version of the file.
        std::optional<failure> problem = {};
    };

    /// Ships the file `name`, relative to the folder. One that an earlier run left unconfirmed is
    /// sent again under its id, which is counted as an ambiguous post.
    taken take(const std::string& name);

    /// The file changed while it was read: that version is rejected, the next `send` ships the new
    /// one.
    void changed(spool::source& what);

private:
    taken resend(spool::source& unconfirmed);
    taken admit(const spool::sighting& seen);

    watch& watch_;
    named_files_parts with_;
    std::map<std::string, spool::kept_file> sent_before_;  // By name.
    std::map<std::string, std::string> under_way_;         // Source ids by name.
};

}  // namespace kustodrop::pipeline
