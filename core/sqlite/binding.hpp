#pragma once

#include "base/time.hpp"
#include "sqlite/value.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

struct sqlite3_stmt;

namespace kustodrop::sqlite {

/// Bytes that are not text.
struct blob {
    std::string_view bytes;
};

// What statement::bind() accepts, each of which returns SQLite's result code. Times are bound as
// microseconds; text and bytes are copied.
int bind_parameter(sqlite3_stmt* to, int at, std::nullopt_t);
int bind_parameter(sqlite3_stmt* to, int at, std::int64_t number);
int bind_parameter(sqlite3_stmt* to, int at, std::uint64_t number);
int bind_parameter(sqlite3_stmt* to, int at, unsigned number);
int bind_parameter(sqlite3_stmt* to, int at, int number);
int bind_parameter(sqlite3_stmt* to, int at, double number);
int bind_parameter(sqlite3_stmt* to, int at, wall_time time);
int bind_parameter(sqlite3_stmt* to, int at, std::string_view text);
int bind_parameter(sqlite3_stmt* to, int at, const std::string& text);
int bind_parameter(sqlite3_stmt* to, int at, const char* text);
int bind_parameter(sqlite3_stmt* to, int at, blob bytes);
int bind_parameter(sqlite3_stmt* to, int at, const value& any);

template <class Value>
int bind_parameter(sqlite3_stmt* to, int at, const std::optional<Value>& maybe) {
    return maybe ? bind_parameter(to, at, *maybe) : bind_parameter(to, at, std::nullopt);
}

// The same without a copy: text and bytes must outlive the run of the statement.
int bind_borrowed(sqlite3_stmt* to, int at, std::string_view text);
int bind_borrowed(sqlite3_stmt* to, int at, blob bytes);

template <class Value>
int bind_borrowed(sqlite3_stmt* to, int at, const Value& value) {
    if constexpr (std::is_convertible_v<const Value&, std::string_view>) {
        return bind_borrowed(to, at, std::string_view(value));
    } else {
        return bind_parameter(to, at, value);
    }
}

template <class Value>
int bind_borrowed(sqlite3_stmt* to, int at, const std::optional<Value>& maybe) {
    return maybe ? bind_borrowed(to, at, *maybe) : bind_parameter(to, at, std::nullopt);
}

}  // namespace kustodrop::sqlite
