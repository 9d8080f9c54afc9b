#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace kustodrop::config {

/// A file that was read, and whether only its owner may read it.
struct file_content {
    std::string text;
    bool is_private = false;
};

/// Reads a regular file of at most `largest` bytes. Blocks.
result<file_content> read_whole_file(const std::string& path, std::size_t largest);

/// The failure of a file that is of no use: "PATH: why".
failure cannot_read(const std::string& path, std::string_view why);

}  // namespace kustodrop::config
