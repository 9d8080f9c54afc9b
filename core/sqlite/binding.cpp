#include "sqlite/binding.hpp"

#include <sqlite3.h>

namespace kustodrop::sqlite {

int bind_parameter(sqlite3_stmt* to, int at, std::nullopt_t) { return sqlite3_bind_null(to, at); }

int bind_parameter(sqlite3_stmt* to, int at, std::int64_t number) {
    return sqlite3_bind_int64(to, at, number);
}

int bind_parameter(sqlite3_stmt* to, int at, std::uint64_t number) {
    return bind_parameter(to, at, static_cast<std::int64_t>(number));
}

int bind_parameter(sqlite3_stmt* to, int at, unsigned number) {
    return bind_parameter(to, at, static_cast<std::int64_t>(number));
}

int bind_parameter(sqlite3_stmt* to, int at, int number) {
    return bind_parameter(to, at, static_cast<std::int64_t>(number));
}

int bind_parameter(sqlite3_stmt* to, int at, double number) {
    return sqlite3_bind_double(to, at, number);
}

int bind_parameter(sqlite3_stmt* to, int at, wall_time time) {
    return bind_parameter(to, at, std::int64_t(time.time_since_epoch().count()));
}

int bind_parameter(sqlite3_stmt* to, int at, std::string_view text) {
    // A null pointer would bind NULL instead of an empty text.
    auto* data = text.data() ? text.data() : "";
    return sqlite3_bind_text64(to, at, data, text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

int bind_parameter(sqlite3_stmt* to, int at, const std::string& text) {
    return bind_parameter(to, at, std::string_view(text));
}

int bind_parameter(sqlite3_stmt* to, int at, const char* text) {
    return bind_parameter(to, at, std::string_view(text));
}

int bind_parameter(sqlite3_stmt* to, int at, blob bytes) {
    auto* data = bytes.bytes.data() ? bytes.bytes.data() : "";
    return sqlite3_bind_blob64(to, at, data, bytes.bytes.size(), SQLITE_TRANSIENT);
}

int bind_borrowed(sqlite3_stmt* to, int at, std::string_view text) {
    auto* data = text.data() ? text.data() : "";
    return sqlite3_bind_text64(to, at, data, text.size(), SQLITE_STATIC, SQLITE_UTF8);
}

int bind_borrowed(sqlite3_stmt* to, int at, blob bytes) {
    auto* data = bytes.bytes.data() ? bytes.bytes.data() : "";
    return sqlite3_bind_blob64(to, at, data, bytes.bytes.size(), SQLITE_STATIC);
}

int bind_parameter(sqlite3_stmt* to, int at, const value& any) {
    if (auto* number = std::get_if<std::int64_t>(&any)) return bind_parameter(to, at, *number);
    if (auto* number = std::get_if<double>(&any)) return bind_parameter(to, at, *number);
    if (auto* text = std::get_if<std::string>(&any)) return bind_parameter(to, at, *text);
    return bind_parameter(to, at, std::nullopt);
}

}  // namespace kustodrop::sqlite
