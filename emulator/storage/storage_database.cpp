#include "emulator/storage/storage_database.hpp"

#include "sqlite/statement_cache.hpp"

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

blob_record read_blob(const sqlite::statement& row) {
    blob_record out;
    out.account = row.text(0);
    out.container = row.text(1);
    out.name = row.text(2);
    out.file = row.text(3);
    out.bytes = static_cast<std::uint64_t>(row.integer(4));
    out.md5 = row.text(5);
    out.content_type = row.text(6);
    out.modified = row.time(7);
    out.etag = row.text(8);
    out.blocks = row.text(9);
    return out;
}

message_record read_message(const sqlite::statement& row) {
    message_record out;
    out.sequence = row.integer(0);
    out.account = row.text(1);
    out.queue = row.text(2);
    out.id = row.text(3);
    out.text = row.text(4);
    out.inserted = row.time(5);
    out.expires = row.time(6);
    out.visible = row.time(7);
    out.receipt = row.text(8);
    out.dequeues = static_cast<std::uint32_t>(row.integer(9));
    return out;
}

entity_record read_entity(const sqlite::statement& row) {
    entity_record out;
    out.account = row.text(0);
    out.table = row.text(1);
    out.partition = row.text(2);
    out.row = row.text(3);
    out.json = row.text(4);
    out.etag = row.text(5);
    return out;
}

}  // namespace

struct storage_database::state {
    explicit state(const std::string& path) : database(path, sqlite::access::read_and_write) {
        database.set_busy_timeout(5s);
        database.run(schema);
    }

    sqlite::database database;
    sqlite::statement_cache statements{database};
};

storage_database::storage_database(const std::filesystem::path& file)
    : state_(std::make_unique<state>(file.string())) {}

storage_database::~storage_database() = default;

std::optional<std::string> storage_database::fact(std::string_view key) {
    auto row = state_->statements.get("select value from facts where key = ?");
    if (!row->bind(key).step()) return std::nullopt;
    return row->text(0);
}

void storage_database::put_fact(std::string_view key, std::string_view value) {
    state_->statements.get("insert or replace into facts values (?, ?)")->bind(key, value).run();
}

void storage_database::put_blob(const blob_record& b) {
    auto put =
        state_->statements.get("insert or replace into blobs values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        );
    put->bind(b.account, b.container, b.name, b.file, b.bytes);
    put->bind_more(b.md5, b.content_type, b.modified, b.etag, b.blocks).run();
}

std::optional<blob_record> storage_database::find_blob(
    std::string_view account, std::string_view container, std::string_view name
) {
    auto row = state_->statements.get(
        "select * from blobs where account = ? and container = ? and name = ?"
    );
    if (!row->bind(account, container, name).step()) return std::nullopt;
    return read_blob(*row);
}

void storage_database::remove_blob(
    std::string_view account, std::string_view container, std::string_view name
) {
    auto remove =
        state_->statements.get("delete from blobs where account = ? and container = ? and name = ?"
        );
    remove->bind(account, container, name).run();
}

std::vector<blob_record> storage_database::blobs() {
    std::vector<blob_record> out;
    auto row = state_->statements.get("select * from blobs order by modified, name");
    while (row->step()) out.push_back(read_blob(*row));
    return out;
}

std::string storage_database::put_block(const blob_record& blob, const block_record& block) {
    std::string replaced;
    auto row = state_->statements.get(
        "select file from blocks where account = ? and container = ? and name = ? and id = ?"
    );
    if (row->bind(blob.account, blob.container, blob.name, block.id).step()) {
        replaced = row->text(0);
    }
    row->reset();
    auto put = state_->statements.get("insert or replace into blocks values (?, ?, ?, ?, ?, ?)");
    put->bind(blob.account, blob.container, blob.name, block.id, block.file, block.bytes).run();
    return replaced;
}

std::vector<block_record> storage_database::blocks(const blob_record& blob) {
    std::vector<block_record> out;
    auto row = state_->statements.get(
        "select id, file, bytes from blocks where account = ? and container = ? and name = ?"
    );
    row->bind(blob.account, blob.container, blob.name);
    while (row->step()) out.push_back({row->text(0), row->text(1), row->natural(2)});
    return out;
}

void storage_database::remove_blocks(const blob_record& blob) {
    auto remove =
        state_->statements.get("delete from blocks where account = ? and container = ? and name = ?"
        );
    remove->bind(blob.account, blob.container, blob.name).run();
}

void storage_database::put_message(const message_record& m) {
    auto put = state_->statements.get(
        "insert or replace into messages values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    );
    put->bind(m.sequence, m.account, m.queue, m.id, m.text);
    put->bind_more(m.inserted, m.expires, m.visible, m.receipt, m.dequeues).run();
}

void storage_database::remove_message(std::int64_t sequence) {
    state_->statements.get("delete from messages where sequence = ?")->bind(sequence).run();
}

std::vector<message_record> storage_database::messages() {
    std::vector<message_record> out;
    auto row = state_->statements.get("select * from messages order by sequence");
    while (row->step()) out.push_back(read_message(*row));
    return out;
}

void storage_database::record_posted(const posted_record& p) {
    auto add = state_->statements.get(
        "insert into posted (account, queue, id, text, time) values (?, ?, ?, ?, ?)"
    );
    add->bind(p.account, p.queue, p.id, p.text, p.time).run();
}

std::vector<posted_record> storage_database::posted(std::int64_t after, std::size_t limit) {
    std::vector<posted_record> out;
    auto row = state_->statements.get(
        "select sequence, account, queue, id, text, time from posted where sequence > ? "
        "order by sequence limit ?"
    );
    row->bind(after, limit);
    while (row->step()) {
        posted_record one;
        one.sequence = row->integer(0);
        one.account = row->text(1);
        one.queue = row->text(2);
        one.id = row->text(3);
        one.text = row->text(4);
        one.time = row->time(5);
        out.push_back(std::move(one));
    }
    return out;
}

void storage_database::put_entity(const entity_record& e) {
    auto put = state_->statements.get("insert or replace into entities values (?, ?, ?, ?, ?, ?)");
    put->bind(e.account, e.table, e.partition, e.row, e.json, e.etag).run();
}

std::optional<entity_record> storage_database::find_entity(const entity_record& key) {
    auto row = state_->statements.get(
        "select * from entities where account = ? and tbl = ? and partition = ? and row = ?"
    );
    if (!row->bind(key.account, key.table, key.partition, key.row).step()) return std::nullopt;
    return read_entity(*row);
}

bool storage_database::remove_entity(const entity_record& key) {
    auto remove = state_->statements.get(
        "delete from entities where account = ? and tbl = ? and partition = ? and row = ?"
    );
    remove->bind(key.account, key.table, key.partition, key.row).run();
    return state_->database.changed_rows() > 0;
}

std::vector<entity_record> storage_database::entities(
    std::string_view account, std::string_view table
) {
    std::vector<entity_record> out;
    auto row = state_->statements.get("select * from entities where account = ? and tbl = ?");
    row->bind(account, table);
    while (row->step()) out.push_back(read_entity(*row));
    return out;
}

}  // namespace kustodrop::emulator
