#pragma once

#include "base/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace kustodrop::spool {

/// How this wall around SQLite reports trouble. The journal's store catches it at its border and
/// makes it a failure; it travels no further.
struct sqlite_error {
    int code = 0;  // Extended result code.
    std::string words;
};

/// An open database, closed with its owner. One thread at a time.
class database {
public:
    enum class access { read_only, read_and_write };

    database(const std::string& path_or_uri, access how);
    database(const database&) = delete;
    ~database();

    sqlite3* handle() const { return handle_; }

    /// Runs statements that return nothing of interest.
    void run(const char* sql);

    /// The first column of the first row.
    std::string ask(const char* sql);

    /// Holds what `other` holds, in place of what was here.
    void become_copy_of(const database& other);

    /// Ends the transaction in hand, if there is one, as if it had never been.
    void roll_back() noexcept;

    /// How long another process is waited for.
    void set_patience(duration time);

private:
    sqlite3* handle_ = nullptr;
};

/// Bytes that are not text.
struct blob {
    std::string_view bytes;
};

/// A prepared statement.
class statement {
public:
    statement(const database& db, std::string_view sql);
    statement(const statement&) = delete;
    ~statement();

    /// Binds ?1, ?2, … Text and bytes are copied.
    template <class... Values>
    statement& bind(const Values&... values) {
        reset();
        int at = 0;
        (check(put(++at, values)), ...);
        return *this;
    }

    /// True: there is a row to read.
    bool step();

    /// Runs to the end and is ready for the next bind.
    void run();

    std::int64_t integer(int column) const;
    std::uint64_t natural(int column) const { return static_cast<std::uint64_t>(integer(column)); }
    wall_time time(int column) const {
        return wall_time(std::chrono::microseconds(integer(column)));
    }
    std::string bytes(int column) const;

private:
    int put(int at, std::int64_t value);
    int put_nothing(int at);
    int put(int at, std::uint64_t value) { return put(at, static_cast<std::int64_t>(value)); }
    int put(int at, unsigned value) { return put(at, static_cast<std::int64_t>(value)); }
    int put(int at, int value) { return put(at, static_cast<std::int64_t>(value)); }
    int put(int at, wall_time value) { return put(at, value.time_since_epoch().count()); }
    int put(int at, std::string_view value);
    int put(int at, blob value);
    template <class Value>
    int put(int at, const std::optional<Value>& value) {
        return value ? put(at, *value) : put_nothing(at);
    }
    void check(int code) const;
    void reset();

    sqlite3_stmt* handle_ = nullptr;
};

}  // namespace kustodrop::spool
