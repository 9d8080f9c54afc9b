#pragma once

#include "base/log.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace kustodrop::pipeline {

/// What someone who wonders about the files of a watch should know: files that stay in its folder
/// and why, and what is unusual about files that are shipped.
struct notice {
    std::string code;
    std::uint64_t files = 0;
    std::string example;  // The first of them.
    std::string detail;
};

/// The notices of one watch. What stays in the folder is counted in each pass over it; what
/// concerns files that are shipped is counted from the start, and logged once.
class notices {
public:
    notices(std::string watch, logger& log) : watch_(std::move(watch)), log_(log) {}

    void begin_pass() { counted_.clear(); }

    /// So many files, or folders, are not shipped for this reason.
    void left(
        const std::string& code,
        const std::string& name,
        const std::string& detail,
        std::uint64_t files = 1
    );

    /// The pass is over: what it counted takes the place of what the last one did.
    void end_pass() { left_ = counted_; }

    /// Something about a file that is shipped.
    void shipped(const std::string& code, const std::string& name, const std::string& detail);

    /// Something is said in the log the first time only.
    void say_once(const std::string& code, const std::string& name, const std::string& detail);

    std::vector<notice> all() const;
    void clear();

private:
    using counts = std::map<std::string, notice>;  // By code.
    static void count(
        counts& in,
        const std::string& code,
        const std::string& name,
        const std::string& detail,
        std::uint64_t files
    );

    std::string watch_;
    logger& log_;
    counts counted_;  // In the pass in hand,
    counts left_;     // and in the last whole one.
    counts shipped_;
    std::map<std::string, bool> said_;
};

}  // namespace kustodrop::pipeline
