#include "sqlite/sqlite.hpp"

#include <sqlite3.h>

namespace kustodrop::spool {

[[noreturn]] static void raise(sqlite3* handle, int code) {
    auto* words = handle ? sqlite3_errmsg(handle) : sqlite3_errstr(code);
    throw sqlite_error{handle ? sqlite3_extended_errcode(handle) : code, words};
}

database::database(const std::string& path_or_uri, access how) {
    int flags = SQLITE_OPEN_READONLY;
    if (how == access::read_and_write) flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    flags |= SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_URI;
    auto code = sqlite3_open_v2(path_or_uri.c_str(), &handle_, flags, nullptr);
    if (code == SQLITE_OK) return;
    sqlite_error error{code, handle_ ? sqlite3_errmsg(handle_) : sqlite3_errstr(code)};
    sqlite3_close(handle_);
    throw error;
}

database::~database() { sqlite3_close(handle_); }

void database::run(const char* sql) {
    auto code = sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) raise(handle_, code);
}

void database::become_copy_of(const database& other) {
    auto* copying = sqlite3_backup_init(handle_, "main", other.handle_, "main");
    if (!copying) raise(handle_, sqlite3_errcode(handle_));
    sqlite3_backup_step(copying, -1);
    auto code = sqlite3_backup_finish(copying);
    if (code != SQLITE_OK) raise(handle_, code);
}

void database::roll_back() noexcept {
    if (sqlite3_get_autocommit(handle_) != 0) return;
    sqlite3_exec(handle_, "ROLLBACK", nullptr, nullptr, nullptr);
}

void database::set_patience(duration time) {
    auto whole = std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
    sqlite3_busy_timeout(handle_, static_cast<int>(whole));
}

std::string database::ask(const char* sql) {
    statement question(*this, sql);
    return question.step() ? question.bytes(0) : std::string();
}

statement::statement(const database& db, std::string_view sql) {
    auto size = static_cast<int>(sql.size());
    auto code = sqlite3_prepare_v3(
        db.handle(), sql.data(), size, SQLITE_PREPARE_PERSISTENT, &handle_, nullptr
    );
    if (code != SQLITE_OK) raise(db.handle(), code);
}

statement::~statement() { sqlite3_finalize(handle_); }

bool statement::step() {
    auto code = sqlite3_step(handle_);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    sqlite_error error{code, sqlite3_errmsg(sqlite3_db_handle(handle_))};
    sqlite3_reset(handle_);
    throw error;
}

void statement::run() {
    while (step()) {
    }
    reset();
}

void statement::reset() { sqlite3_reset(handle_); }

std::int64_t statement::integer(int column) const { return sqlite3_column_int64(handle_, column); }

std::string statement::bytes(int column) const {
    auto* data = static_cast<const char*>(sqlite3_column_blob(handle_, column));
    auto size = sqlite3_column_bytes(handle_, column);
    if (!data) return {};
    return {data, static_cast<std::size_t>(size)};
}

int statement::put(int at, std::int64_t value) { return sqlite3_bind_int64(handle_, at, value); }

int statement::put_nothing(int at) { return sqlite3_bind_null(handle_, at); }

int statement::put(int at, std::string_view value) {
    return sqlite3_bind_text64(
        handle_, at, value.data() ? value.data() : "", value.size(), SQLITE_TRANSIENT, SQLITE_UTF8
    );
}

int statement::put(int at, blob value) {
    // A null pointer would bind NULL instead of no bytes.
    auto* data = value.bytes.data() ? value.bytes.data() : "";
    return sqlite3_bind_blob64(handle_, at, data, value.bytes.size(), SQLITE_TRANSIENT);
}

void statement::check(int code) const {
    if (code != SQLITE_OK) raise(sqlite3_db_handle(handle_), code);
}

}  // namespace kustodrop::spool
