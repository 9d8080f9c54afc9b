#pragma once

#include "base/time.hpp"

#include <cstdint>
#include <string>

struct sqlite3;

namespace kustodrop::sqlite {

enum class access { read_only, read_and_write };

/// An open database, closed with its owner. One thread at a time. Everything throws
/// `sqlite::error`.
class database {
public:
    /// `location` is a path or a "file:" URI; a missing file is created unless `read_only`.
    database(const std::string& location, access how);
    database(const database&) = delete;
    database& operator=(const database&) = delete;
    ~database();

    sqlite3* handle() const { return handle_; }

    /// Runs statements whose rows are of no interest.
    void run(const std::string& sql);

    /// Replaces the contents by those of `other`.
    void copy_from(const database& other);

    /// Undoes the open transaction; does nothing where there is none.
    void roll_back() noexcept;

    /// How long a lock of another connection is waited for.
    void set_busy_timeout(duration time);

    /// Whether its file was removed or renamed since it was opened.
    bool has_moved() const;

    /// How many rows the last statement has changed.
    std::int64_t changed_rows() const;

private:
    sqlite3* handle_ = nullptr;
};

/// The SQLite library in use: "3.40.1".
std::string library_version();

}  // namespace kustodrop::sqlite
