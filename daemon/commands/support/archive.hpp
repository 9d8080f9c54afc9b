#pragma once

#include "base/result.hpp"
#include "base/time.hpp"

#include <string>
#include <string_view>

namespace kustodrop::daemon {

/// A tar archive (ustar) that is built in memory.
class archive {
public:
    /// `folder`: what all names lie in; `at`: the time of all of them.
    archive(std::string folder, wall_time at) : folder_(std::move(folder)), at_(at) {}

    /// A file of it. Names are short: with the folder at most 99 bytes.
    void add(std::string_view name, std::string_view content);

    /// Its end is written, and all of it compressed with gzip.
    std::string finish();

private:
    std::string folder_;
    wall_time at_;
    std::string tar_;
};

/// Writes a new file that only its owner may read. Fails if there is one of that name.
result<void> write_new_file(const std::string& path, std::string_view content, unsigned mode);

}  // namespace kustodrop::daemon
