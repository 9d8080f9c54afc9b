#pragma once

#include "sqlite/database.hpp"

namespace kustodrop::sqlite {

/// A write transaction, begun at once; undone unless committed.
class transaction {
public:
    explicit transaction(database& db);
    transaction(const transaction&) = delete;
    transaction& operator=(const transaction&) = delete;
    ~transaction();

    void commit();

private:
    database& db_;
    bool open_ = true;
};

}  // namespace kustodrop::sqlite
