#pragma once

#include "spool/journal/journal_changes.hpp"
#include "spool/journal/journal_records.hpp"
#include "spool/journal/rows/known_slices.hpp"
#include "sqlite/statement.hpp"

#include <string>
#include <vector>

namespace kustodrop::spool {

/// The rows of sources and slices, of which the store's transactions are made. Throws
/// sqlite::error.
class source_rows {
public:
    explicit source_rows(const sqlite::database& db);

    void write(const source_change& change);
    void erase(const std::string& id);

    /// What was written since the last commit is not there: to be called after a rollback.
    void rolled_back() { known_slices_.forget_all(); }
    void rename_watch(const renamed_change& change);

    /// Reads the source of the current row of a statement that selects `columns`.
    journal_row read(const sqlite::statement& row);

    static const char* const columns;

private:
    void write_slices(const source& s);
    void write_slice(const std::string& id, std::size_t position, const slice& one);
    std::vector<slice> read_slices(const std::string& id);

    sqlite::statement write_source_;
    sqlite::statement write_slice_;
    sqlite::statement read_slices_;
    sqlite::statement erase_slices_;
    sqlite::statement erase_source_;
    sqlite::statement rename_watch_;
    sqlite::statement rename_failed_;
    known_slices known_slices_;
};

/// Files that stay in their folders.
class kept_rows {
public:
    explicit kept_rows(const sqlite::database& db);

    void write(const kept_file& file);
    void erase(const forgotten_change& file);
    void rename_watch(const renamed_change& change);
    std::vector<kept_file> read(const std::string& watch);

private:
    sqlite::statement write_;
    sqlite::statement erase_;
    sqlite::statement rename_watch_;
    sqlite::statement read_;
};

}  // namespace kustodrop::spool
