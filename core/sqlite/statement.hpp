#pragma once

#include "base/time.hpp"
#include "sqlite/binding.hpp"
#include "sqlite/database.hpp"
#include "sqlite/value.hpp"

#include <cstdint>
#include <string>
#include <string_view>

struct sqlite3_stmt;

namespace kustodrop::sqlite {

/// A prepared statement, which its database must outlive. Everything throws `sqlite::error`.
class statement {
public:
    statement(const database& db, std::string_view sql);
    statement(const statement&) = delete;
    statement& operator=(const statement&) = delete;
    ~statement();

    /// Rewinds, then binds the first parameters.
    template <class... Values>
    statement& bind(const Values&... values) {
        reset();
        return bind_more(values...);
    }

    /// Binds the parameters after those that are bound.
    template <class... Values>
    statement& bind_more(const Values&... values) {
        (check(bind_parameter(handle_, ++bound_, values)), ...);
        return *this;
    }

    /// True: there is a row to read.
    bool step();

    /// Steps to the end, then is ready for the next bind.
    void run();

    /// Binds all parameters without copying their text and bytes, runs, and forgets them.
    template <class... Values>
    void run_with(const Values&... values) {
        reset();
        (check(bind_borrowed(handle_, ++bound_, values)), ...);
        run_borrowed();
    }

    /// Ends the reading of rows, and with it the read transaction.
    void reset();

    int columns() const;
    std::int64_t integer(int column) const;
    std::uint64_t natural(int column) const { return static_cast<std::uint64_t>(integer(column)); }
    wall_time time(int column) const {
        return wall_time(std::chrono::microseconds(integer(column)));
    }
    std::string text(int column) const;
    std::string bytes(int column) const;
    sqlite::value value(int column) const;

private:
    void check(int code) const;
    void run_borrowed();

    sqlite3_stmt* handle_ = nullptr;
    int bound_ = 0;
};

/// The first column of the first row; empty where there is none.
std::string first_value(const database& db, std::string_view sql);

}  // namespace kustodrop::sqlite
