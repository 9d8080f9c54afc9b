#include "emulator/storage/storage_database.hpp"

#include <map>
#include <sqlite3.h>
#include <stdexcept>

namespace kustodrop::emulator {

namespace {

constexpr auto schema = R"(
pragma journal_mode = wal;
pragma synchronous = off;
create table if not exists facts (key text primary key, value text) without rowid;
create table if not exists blobs (
    account text, container text, name text, file text, bytes integer, md5 text,
    content_type text, modified integer, etag text, blocks text,
    primary key (account, container, name)) without rowid;
create table if not exists blocks (
    account text, container text, name text, id text, file text, bytes integer,
    primary key (account, container, name, id)) without rowid;
create table if not exists messages (
    sequence integer primary key, account text, queue text, id text, text text,
    inserted integer, expires integer, visible integer, receipt text, dequeues integer);
create table if not exists posted (
    sequence integer primary key autoincrement, account text, queue text, id text, text text,
    time integer);
create table if not exists entities (
    account text, tbl text, partition text, row text, json text, etag text,
    primary key (account, tbl, partition, row)) without rowid;
)";

std::int64_t to_integer(wall_time time) { return time.time_since_epoch().count(); }
wall_time to_time(std::int64_t value) { return wall_time(std::chrono::microseconds(value)); }

// A prepared statement in use: binds on the way in, resets on the way out.
class statement_use {
public:
    statement_use(sqlite3* database, sqlite3_stmt* statement)
        : database_(database), statement_(statement) {}
    ~statement_use() {
        sqlite3_reset(statement_);
        sqlite3_clear_bindings(statement_);
    }
    statement_use(const statement_use&) = delete;

    statement_use& bind(std::string_view text) {
        sqlite3_bind_text64(
            statement_,
            ++bound_,
            text.data() ? text.data() : "",
            text.size(),
            SQLITE_TRANSIENT,
            SQLITE_UTF8
        );
        return *this;
    }
    statement_use& bind(std::int64_t value) {
        sqlite3_bind_int64(statement_, ++bound_, value);
        return *this;
    }
    statement_use& bind(wall_time time) { return bind(to_integer(time)); }

    /// Whether there is a row.
    bool step() {
        column_ = 0;
        auto code = sqlite3_step(statement_);
        if (code == SQLITE_ROW) return true;
        if (code == SQLITE_DONE) return false;
        throw std::runtime_error(std::string("storage database: ") + sqlite3_errmsg(database_));
    }

    std::string text() {
        auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column_));
        auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column_++));
        return data ? std::string(data, size) : std::string();
    }
    std::int64_t integer() { return sqlite3_column_int64(statement_, column_++); }
    wall_time time() { return to_time(integer()); }

private:
    sqlite3* database_;
    sqlite3_stmt* statement_;
    int bound_ = 0;
    int column_ = 0;
};

blob_record read_blob(statement_use& row) {
    blob_record out;
    out.account = row.text();
    out.container = row.text();
    out.name = row.text();
    out.file = row.text();
    out.bytes = static_cast<std::uint64_t>(row.integer());
    out.md5 = row.text();
    out.content_type = row.text();
    out.modified = row.time();
    out.etag = row.text();
    out.blocks = row.text();
    return out;
}

message_record read_message(statement_use& row) {
    message_record out;
    out.sequence = row.integer();
    out.account = row.text();
    out.queue = row.text();
    out.id = row.text();
    out.text = row.text();
    out.inserted = row.time();
    out.expires = row.time();
    out.visible = row.time();
    out.receipt = row.text();
    out.dequeues = static_cast<std::uint32_t>(row.integer());
    return out;
}

entity_record read_entity(statement_use& row) {
    entity_record out;
    out.account = row.text();
    out.table = row.text();
    out.partition = row.text();
    out.row = row.text();
    out.json = row.text();
    out.etag = row.text();
    return out;
}

}  // namespace

struct storage_database::state {
    sqlite3* database = nullptr;
    std::map<const char*, sqlite3_stmt*> statements;  // By the address of their literal.

    ~state() {
        for (auto& [text, statement] : statements) sqlite3_finalize(statement);
        sqlite3_close(database);
    }
    [[noreturn]] void fail(const std::string& what) {
        throw std::runtime_error(what + ": " + sqlite3_errmsg(database));
    }
    statement_use use(const char* sql) {
        auto& statement = statements[sql];
        if (!statement && sqlite3_prepare_v2(database, sql, -1, &statement, nullptr) != SQLITE_OK) {
            fail(sql);
        }
        return {database, statement};
    }
};

storage_database::storage_database(const std::filesystem::path& file)
    : state_(std::make_unique<state>()) {
    if (sqlite3_open(file.c_str(), &state_->database) != SQLITE_OK) state_->fail(file.string());
    sqlite3_busy_timeout(state_->database, 5000);
    if (sqlite3_exec(state_->database, schema, nullptr, nullptr, nullptr) != SQLITE_OK) {
        state_->fail(file.string());
    }
}

storage_database::~storage_database() = default;

std::optional<std::string> storage_database::fact(std::string_view key) {
    auto row = state_->use("select value from facts where key = ?");
    if (!row.bind(key).step()) return std::nullopt;
    return row.text();
}

void storage_database::put_fact(std::string_view key, std::string_view value) {
    state_->use("insert or replace into facts values (?, ?)").bind(key).bind(value).step();
}

void storage_database::put_blob(const blob_record& b) {
    state_->use("insert or replace into blobs values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .bind(b.account)
        .bind(b.container)
        .bind(b.name)
        .bind(b.file)
        .bind(static_cast<std::int64_t>(b.bytes))
        .bind(b.md5)
        .bind(b.content_type)
        .bind(b.modified)
        .bind(b.etag)
        .bind(b.blocks)
        .step();
}

std::optional<blob_record> storage_database::find_blob(
    std::string_view account, std::string_view container, std::string_view name
) {
    auto row = state_->use("select * from blobs where account = ? and container = ? and name = ?");
    if (!row.bind(account).bind(container).bind(name).step()) return std::nullopt;
    return read_blob(row);
}

void storage_database::remove_blob(
    std::string_view account, std::string_view container, std::string_view name
) {
    state_->use("delete from blobs where account = ? and container = ? and name = ?")
        .bind(account)
        .bind(container)
        .bind(name)
        .step();
}

std::vector<blob_record> storage_database::blobs() {
    std::vector<blob_record> out;
    auto row = state_->use("select * from blobs order by modified, name");
    while (row.step()) out.push_back(read_blob(row));
    return out;
}

std::string storage_database::put_block(const blob_record& blob, const block_record& block) {
    std::string replaced;
    {
        auto row = state_->use(
            "select file from blocks where account = ? and container = ? and name = ? and id = ?"
        );
        row.bind(blob.account).bind(blob.container).bind(blob.name).bind(block.id);
        if (row.step()) replaced = row.text();
    }
    state_->use("insert or replace into blocks values (?, ?, ?, ?, ?, ?)")
        .bind(blob.account)
        .bind(blob.container)
        .bind(blob.name)
        .bind(block.id)
        .bind(block.file)
        .bind(static_cast<std::int64_t>(block.bytes))
        .step();
    return replaced;
}

std::vector<block_record> storage_database::blocks(const blob_record& blob) {
    std::vector<block_record> out;
    auto row = state_->use(
        "select id, file, bytes from blocks where account = ? and container = ? and name = ?"
    );
    row.bind(blob.account).bind(blob.container).bind(blob.name);
    while (row.step()) {
        block_record block;
        block.id = row.text();
        block.file = row.text();
        block.bytes = static_cast<std::uint64_t>(row.integer());
        out.push_back(std::move(block));
    }
    return out;
}

void storage_database::remove_blocks(const blob_record& blob) {
    state_->use("delete from blocks where account = ? and container = ? and name = ?")
        .bind(blob.account)
        .bind(blob.container)
        .bind(blob.name)
        .step();
}

void storage_database::put_message(const message_record& m) {
    state_->use("insert or replace into messages values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .bind(m.sequence)
        .bind(m.account)
        .bind(m.queue)
        .bind(m.id)
        .bind(m.text)
        .bind(m.inserted)
        .bind(m.expires)
        .bind(m.visible)
        .bind(m.receipt)
        .bind(static_cast<std::int64_t>(m.dequeues))
        .step();
}

void storage_database::remove_message(std::int64_t sequence) {
    state_->use("delete from messages where sequence = ?").bind(sequence).step();
}

std::vector<message_record> storage_database::messages() {
    std::vector<message_record> out;
    auto row = state_->use("select * from messages order by sequence");
    while (row.step()) out.push_back(read_message(row));
    return out;
}

void storage_database::record_posted(const posted_record& p) {
    state_->use("insert into posted (account, queue, id, text, time) values (?, ?, ?, ?, ?)")
        .bind(p.account)
        .bind(p.queue)
        .bind(p.id)
        .bind(p.text)
        .bind(p.time)
        .step();
}

std::vector<posted_record> storage_database::posted(std::int64_t after, std::size_t limit) {
    std::vector<posted_record> out;
    auto row = state_->use("select * from posted where sequence > ? order by sequence limit ?");
    row.bind(after).bind(static_cast<std::int64_t>(limit));
    while (row.step()) {
        posted_record one;
        one.sequence = row.integer();
        one.account = row.text();
        one.queue = row.text();
        one.id = row.text();
        one.text = row.text();
        one.time = row.time();
        out.push_back(std::move(one));
    }
    return out;
}

void storage_database::put_entity(const entity_record& e) {
    state_->use("insert or replace into entities values (?, ?, ?, ?, ?, ?)")
        .bind(e.account)
        .bind(e.table)
        .bind(e.partition)
        .bind(e.row)
        .bind(e.json)
        .bind(e.etag)
        .step();
}

std::optional<entity_record> storage_database::find_entity(const entity_record& key) {
    auto row = state_->use(
        "select * from entities where account = ? and tbl = ? and partition = ? and row = ?"
    );
    row.bind(key.account).bind(key.table).bind(key.partition).bind(key.row);
    if (!row.step()) return std::nullopt;
    return read_entity(row);
}

bool storage_database::remove_entity(const entity_record& key) {
    state_->use("delete from entities where account = ? and tbl = ? and partition = ? and row = ?")
        .bind(key.account)
        .bind(key.table)
        .bind(key.partition)
        .bind(key.row)
        .step();
    return sqlite3_changes(state_->database) > 0;
}

std::vector<entity_record> storage_database::entities(
    std::string_view account, std::string_view table
) {
    std::vector<entity_record> out;
    auto row = state_->use("select * from entities where account = ? and tbl = ?");
    row.bind(account).bind(table);
    while (row.step()) out.push_back(read_entity(row));
    return out;
}

}  // namespace kustodrop::emulator
