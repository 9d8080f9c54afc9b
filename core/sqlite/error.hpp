#pragma once

#include <stdexcept>
#include <string>

namespace kustodrop::sqlite {

/// What callers distinguish among SQLite's result codes.
enum class problem {
    locked,
    corrupt,
    constraint,  // What was to be written is not allowed there; the database is as it was.
    newer_schema,
    disk_full,
    cannot_open,
    other
};

/// How everything in this folder reports failures. A component that uses SQLite catches it at its
/// own border and returns a `failure`.
class error : public std::runtime_error {
public:
    /// `code` is an extended result code of SQLite.
    error(int code, const std::string& message);

    /// For what a caller finds wrong with the contents of a database.
    error(problem kind, const std::string& message);

    int code() const { return code_; }
    problem kind() const;

private:
    int code_;
};

}  // namespace kustodrop::sqlite
