#pragma once

#include "spool/journal/journal_records.hpp"
#include "sqlite/statement.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace kustodrop::spool {

/// The rows of followed logs. Throws sqlite::error.
class log_rows {
public:
    explicit log_rows(const sqlite::database& db);

    void write(const log_record& log);
    void erase(const std::string& watch, std::uint64_t number);
    void rename_watch(const std::string& from, const std::string& to);
    std::vector<log_record> read(const std::string& watch);

private:
    sqlite::statement write_;
    sqlite::statement erase_;
    sqlite::statement read_;
    sqlite::statement rename_watch_;
};

}  // namespace kustodrop::spool
