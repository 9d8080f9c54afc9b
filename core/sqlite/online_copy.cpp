#include "sqlite/online_copy.hpp"

#include "sqlite/error.hpp"

#include <sqlite3.h>

namespace kustodrop::sqlite {

[[noreturn]] static void refuse(const database& into, int code) {
    throw error(code, "copy: " + std::string(sqlite3_errmsg(into.handle())));
}

online_copy::online_copy(const database& from, const std::string& path)
    : into_(path, access::read_and_write),
      handle_(sqlite3_backup_init(into_.handle(), "main", from.handle(), "main")) {
    if (!handle_) refuse(into_, sqlite3_extended_errcode(into_.handle()));
}

online_copy::~online_copy() { sqlite3_backup_finish(handle_); }

bool online_copy::step(int pages) {
    auto code = sqlite3_backup_step(handle_, pages);
    if (code == SQLITE_OK) return true;
    if (code != SQLITE_DONE) throw error(code, std::string("copy: ") + sqlite3_errstr(code));
    finish();
    return false;
}

void online_copy::finish() {
    auto code = sqlite3_backup_finish(handle_);
    handle_ = nullptr;
    if (code != SQLITE_OK) refuse(into_, code);
    // A copy of a database with a write-ahead log says that it has one too.
    into_.run("PRAGMA journal_mode = DELETE");
}

}  // namespace kustodrop::sqlite
