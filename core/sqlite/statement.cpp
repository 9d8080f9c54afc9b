#include "sqlite/statement.hpp"

#include "sqlite/error.hpp"

#include <sqlite3.h>

namespace kustodrop::sqlite {

statement::statement(const database& db, std::string_view sql) {
    auto size = static_cast<int>(sql.size());
    auto code = sqlite3_prepare_v3(
        db.handle(), sql.data(), size, SQLITE_PREPARE_PERSISTENT, &handle_, nullptr
    );
    if (code != SQLITE_OK) {
        throw error(sqlite3_extended_errcode(db.handle()), sqlite3_errmsg(db.handle()));
    }
}

statement::~statement() { sqlite3_finalize(handle_); }

bool statement::step() {
    auto code = sqlite3_step(handle_);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    error failed(code, sqlite3_errmsg(sqlite3_db_handle(handle_)));
    sqlite3_reset(handle_);
    throw failed;
}

void statement::run() {
    while (step()) {
    }
    reset();
}

// Nothing may point to freed memory when the statement is bound again in part.
void statement::run_borrowed() {
    struct unbinding {
        sqlite3_stmt* handle;
        ~unbinding() { sqlite3_clear_bindings(handle); }
    } after{handle_};
    run();
}

void statement::reset() {
    sqlite3_reset(handle_);
    bound_ = 0;
}

int statement::columns() const { return sqlite3_column_count(handle_); }

std::int64_t statement::integer(int column) const { return sqlite3_column_int64(handle_, column); }

std::string statement::text(int column) const {
    auto* data = reinterpret_cast<const char*>(sqlite3_column_text(handle_, column));
    auto size = sqlite3_column_bytes(handle_, column);
    if (!data) return {};
    return {data, static_cast<std::size_t>(size)};
}

std::string statement::bytes(int column) const {
    auto* data = static_cast<const char*>(sqlite3_column_blob(handle_, column));
    auto size = sqlite3_column_bytes(handle_, column);
    if (!data) return {};
    return {data, static_cast<std::size_t>(size)};
}

value statement::value(int column) const {
    switch (sqlite3_column_type(handle_, column)) {
    case SQLITE_NULL:
        return {};
    case SQLITE_INTEGER:
        return integer(column);
    case SQLITE_FLOAT:
        return sqlite3_column_double(handle_, column);
    default:
        return bytes(column);
    }
}

void statement::check(int code) const {
    if (code == SQLITE_OK) return;
    throw error(code, sqlite3_errmsg(sqlite3_db_handle(handle_)));
}

std::string first_value(const database& db, std::string_view sql) {
    statement question(db, sql);
    return question.step() ? question.bytes(0) : std::string();
}

}  // namespace kustodrop::sqlite
