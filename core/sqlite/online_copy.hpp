#pragma once

#include "sqlite/database.hpp"

#include <string>

struct sqlite3_backup;

namespace kustodrop::sqlite {

/// A consistent copy of a database that is in use, made part by part. What the connection `from`
/// writes between two parts is in the copy too; `from` must outlive it. Everything throws
/// `sqlite::error`.
class online_copy {
public:
    /// `path` is a file that does not exist or is empty.
    online_copy(const database& from, const std::string& path);
    online_copy(const online_copy&) = delete;
    online_copy& operator=(const online_copy&) = delete;
    ~online_copy();

    /// Copies at most so many pages. True: there are more. False: the copy is whole, on disk and
    /// one file, which needs no companion.
    bool step(int pages);

private:
    void finish();

    database into_;
    sqlite3_backup* handle_ = nullptr;
};

}  // namespace kustodrop::sqlite
