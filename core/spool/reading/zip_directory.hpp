#pragma once

#include "base/result.hpp"
#include "spool/reading/reader_options.hpp"
#include "spool/reading/slice_files.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>

namespace kustodrop::spool {

/// What the directory at the end of a zip archive says.
struct zip_directory {
    std::uint64_t entries = 0;

    /// Of all entries together, uncompressed. Nothing where it does not say (more than 4 GiB).
    std::optional<std::uint64_t> raw_bytes = {};
};

/// Fills `into` from `offset` on, completely; false if that cannot be done.
using read_archive = std::function<bool(std::uint64_t offset, std::span<char> into)>;

/// Reads the directory of an archive of so many bytes. Nothing: it has none, for the archive ends
/// too early or is damaged. Its entries are not checked.
std::optional<zip_directory> read_zip_directory(std::uint64_t bytes, const read_archive& read);

/// The bytes within the archive that is the current slice, or its own where it does not say.
/// Failures: "unreadable" (retry) if it ends too early, "too_large" and, if nothing is in it where
/// data is looked for, "empty_file" (give_up).
result<std::uint64_t> raw_bytes_of_archive(slice_files& files, const reader_options& options);

}  // namespace kustodrop::spool
