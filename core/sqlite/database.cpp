#include "sqlite/database.hpp"

#include "sqlite/error.hpp"

#include <sqlite3.h>

namespace kustodrop::sqlite {

[[noreturn]] static void raise(sqlite3* handle, int code) {
    auto* message = handle ? sqlite3_errmsg(handle) : sqlite3_errstr(code);
    throw error(handle ? sqlite3_extended_errcode(handle) : code, message);
}

database::database(const std::string& location, access how) {
    int flags = SQLITE_OPEN_READONLY;
    if (how == access::read_and_write) flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    flags |= SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_URI;
    auto code = sqlite3_open_v2(location.c_str(), &handle_, flags, nullptr);
    if (code == SQLITE_OK) return;
    auto* message = handle_ ? sqlite3_errmsg(handle_) : sqlite3_errstr(code);
    error refused(code, location + ": " + message);
    sqlite3_close(handle_);
    throw refused;
}

database::~database() { sqlite3_close(handle_); }

void database::run(const std::string& sql) {
    auto code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) raise(handle_, code);
}

void database::copy_from(const database& other) {
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

void database::set_busy_timeout(duration time) {
    auto whole = std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
    sqlite3_busy_timeout(handle_, static_cast<int>(whole));
}

bool database::has_moved() const {
    int moved = 0;
    auto code = sqlite3_file_control(handle_, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
    return code == SQLITE_OK && moved != 0;
}

std::int64_t database::changed_rows() const { return sqlite3_changes64(handle_); }

std::string library_version() { return sqlite3_libversion(); }

}  // namespace kustodrop::sqlite
