#include "sqlite/error.hpp"

#include <sqlite3.h>

namespace kustodrop::sqlite {

static int code_for(problem kind) {
    switch (kind) {
    case problem::locked:
        return SQLITE_BUSY;
    case problem::corrupt:
        return SQLITE_CORRUPT;
    case problem::constraint:
        return SQLITE_CONSTRAINT;
    case problem::newer_schema:
        return SQLITE_SCHEMA;
    case problem::disk_full:
        return SQLITE_FULL;
    case problem::cannot_open:
        return SQLITE_CANTOPEN;
    case problem::other:
        break;
    }
    return SQLITE_ERROR;
}

error::error(int code, const std::string& message) : std::runtime_error(message), code_(code) {}

error::error(problem kind, const std::string& message) : error(code_for(kind), message) {}

problem error::kind() const {
    // What readers and writers share is a file beside the database that needs room as well.
    if (code_ == SQLITE_IOERR_SHMSIZE) return problem::disk_full;
    switch (code_ & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return problem::locked;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return problem::corrupt;
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
        return problem::constraint;
    case SQLITE_SCHEMA:
        return problem::newer_schema;
    case SQLITE_FULL:
        return problem::disk_full;
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_READONLY:
        return problem::cannot_open;
    default:
        return problem::other;
    }
}

}  // namespace kustodrop::sqlite
