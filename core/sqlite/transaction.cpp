#include "sqlite/transaction.hpp"

namespace kustodrop::sqlite {

transaction::transaction(database& db) : db_(db) { db_.run("BEGIN IMMEDIATE"); }

transaction::~transaction() {
    if (open_) db_.roll_back();
}

void transaction::commit() {
    db_.run("COMMIT");
    open_ = false;
}

}  // namespace kustodrop::sqlite
