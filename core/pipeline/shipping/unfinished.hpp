#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "spool/source/source.hpp"

#include <string>
#include <unordered_map>

namespace kustodrop::pipeline {

/// Compressed files that ended too early: their writers may have paused. Such a file is given up
/// only when it has not changed for a long time; until then it is looked at again, and read again
/// once it has changed and rests. Pure.
class unfinished_files {
public:
    enum class step {
        read,     // Nothing is known of this version of the file.
        wait,     // Look at it again later.
        give_up,  // It has been as it is for too long: the failure is final.
    };

    struct moment {
        time_point now;
        wall_time wall_now;
        duration patience{};  // How long a file may rest and still be unfinished.
    };

    /// What to do with a source of one file before it is read.
    step before_reading(const spool::source& what, const moment& at);

    /// This version of the file is broken. What to do: wait or give up.
    step broken(const spool::source& what, failure why, const moment& at);

    /// The file grew while it was read, and what was read is broken: it is read when it rests.
    void outgrown(const spool::source& what, failure why, time_point now);

    /// Of a source that is known to be broken.
    const failure& why(const std::string& source_id) const;

    void forget(const std::string& source_id) { known_.erase(source_id); }

private:
    struct entry {
        spool::file_identity identity;
        time_point since{};  // That it has been so.
        failure why;
        bool was_read = true;
    };
    static step judge(const entry& one, const moment& at);

    std::unordered_map<std::string, entry> known_;  // By source id.
};

}  // namespace kustodrop::pipeline
