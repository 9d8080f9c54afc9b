#pragma once

#include "emulator/decoding/cells.hpp"

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace kustodrop::emulator {

/// SQLite's own word on what went wrong.
struct sqlite_error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// A connection to one database file, in write-ahead mode so that readers do not wait for writers.
/// It outlives a killed process, not a power cut. One thread at a time.
class sqlite_connection {
public:
    explicit sqlite_connection(const std::string& file);
    ~sqlite_connection();
    sqlite_connection(const sqlite_connection&) = delete;
    sqlite_connection& operator=(const sqlite_connection&) = delete;

    void execute(const std::string& sql);
    sqlite3* handle() const { return handle_; }

private:
    sqlite3* handle_ = nullptr;
};

/// A prepared statement. Texts and blobs are copied when bound.
class sqlite_statement {
public:
    sqlite_statement(sqlite_connection& connection, std::string_view sql);
    ~sqlite_statement();
    sqlite_statement(const sqlite_statement&) = delete;
    sqlite_statement& operator=(const sqlite_statement&) = delete;

    /// The next parameter, from the left.
    sqlite_statement& bind(std::string_view text);
    sqlite_statement& bind(std::int64_t number);
    sqlite_statement& bind_cell(const cell& value);

    bool step();  ///< True while there is a row.
    void run();   ///< Steps to the end, then is ready for new parameters.
    void reset();

    std::string text(int column) const;
    std::int64_t integer(int column) const;
    cell value(int column) const;
    int columns() const;

private:
    void check(int code) const;

    sqlite3* database_;
    sqlite3_stmt* statement_ = nullptr;
    int bound_ = 0;
};

/// A transaction: undone unless committed.
class sqlite_transaction {
public:
    explicit sqlite_transaction(sqlite_connection& connection);
    ~sqlite_transaction();
    sqlite_transaction(const sqlite_transaction&) = delete;
    sqlite_transaction& operator=(const sqlite_transaction&) = delete;
    void commit();

private:
    sqlite_connection& connection_;
    bool open_ = true;
};

/// "name", whatever stands in it.
std::string sql_quoted(std::string_view name);

}  // namespace kustodrop::emulator
