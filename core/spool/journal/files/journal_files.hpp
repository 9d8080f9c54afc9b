#pragma once

#include "base/result.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace kustodrop::spool {

/// Renames a damaged database and its companions to PATH.corrupt-TIME and returns that name. Of
/// those that were set aside before, the newest two stay.
result<std::string> set_aside(const std::string& path, wall_time now);

/// Bytes of a file; 0 where there is none.
std::uint64_t size_of_file(const std::string& path);

/// SQLite's URI of a database file.
std::string database_uri(const std::string& path, std::string_view question);

/// An empty file that only its owner may read, in place of the one that was there; false: no.
bool begin_private_file(const std::string& path);

/// A few megabytes held back beside the database, so that what is under way can still be recorded
/// when the disk is full.
class reserve_file {
public:
    reserve_file() = default;
    explicit reserve_file(std::string path) : path_(std::move(path)) {}

    /// Lays it in, if it is not there and there is room.
    void fill() const;

    /// Gives its space back; false if there was none.
    bool release() const;

private:
    std::string path_;
};

}  // namespace kustodrop::spool
