#include "emulator/engine/store.hpp"

#include "base/crypto/crypto.hpp"
#include "emulator/engine/sql_functions.hpp"
#include "emulator/engine/stored_tables.hpp"
#include "sqlite/error.hpp"
#include "sqlite/statement.hpp"
#include "sqlite/transaction.hpp"

#include <filesystem>
#include <mutex>

namespace kustodrop::emulator {

static constexpr std::size_t max_answer_rows = 500'000;
static constexpr std::size_t max_answer_bytes = std::size_t{64} << 20u;

static constexpr std::string_view record_columns =
    "source_id, blob, database, \"table\", rows, raw_bytes, status, code, at, details, "
    "operation_id, message_id";

static constexpr duration longest_lock = 60s;

// Write-ahead, so that readers do not wait for writers; unsynced, because the data need only
// outlive the process, not a power cut.
static void prepare(sqlite::database& db) {
    db.set_busy_timeout(longest_lock);
    define_sql_functions(db);
    db.run("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA case_sensitive_like=ON;");
}

struct store::state {
    explicit state(std::string name, bool temporary)
        : file(std::move(name)),
          is_temporary(temporary),
          writer(file, sqlite::access::read_and_write),
          reader(file, sqlite::access::read_and_write) {
        prepare(writer);
        prepare(reader);
        create_layout(writer);
    }
    ~state() {
        if (!is_temporary) return;
        std::error_code ignored;
        for (auto suffix : {"", "-wal", "-shm"}) std::filesystem::remove(file + suffix, ignored);
    }

    std::string file;
    bool is_temporary;
    std::mutex writing;
    std::mutex reading;
    sqlite::database writer;
    sqlite::database reader;
};

static std::string temporary_name() {
    auto name = "kustodrop-emulator-" + hex_encode(random_bytes(8)) + ".db";
    return (std::filesystem::temp_directory_path() / name).string();
}

store::store(std::string file)
    : state_(std::make_unique<state>(file.empty() ? temporary_name() : file, file.empty())) {}

store::~store() = default;

catalog store::load() {
    std::lock_guard lock(state_->reading);
    return load_catalog(state_->reader);
}

void store::add_database(const std::string& database) {
    std::lock_guard lock(state_->writing);
    insert_database(state_->writer, database);
}

void store::put_table(const table_schema& table) {
    std::lock_guard lock(state_->writing);
    sqlite::transaction transaction(state_->writer);
    create_or_merge_table(state_->writer, table);
    transaction.commit();
}

void store::drop_table(const std::string& database, const std::string& table) {
    std::lock_guard lock(state_->writing);
    sqlite::transaction transaction(state_->writer);
    remove_table(state_->writer, database, table);
    transaction.commit();
}

void store::clear_table(const std::string& database, const std::string& table) {
    std::lock_guard lock(state_->writing);
    sqlite::transaction transaction(state_->writer);
    remove_rows(state_->writer, database, table);
    transaction.commit();
}

void store::put_mapping(const mapping& mapping) {
    std::lock_guard lock(state_->writing);
    insert_mapping(state_->writer, mapping);
}

void store::drop_mapping(const mapping& mapping) {
    std::lock_guard lock(state_->writing);
    remove_mapping(state_->writer, mapping);
}

void store::put_function(const stored_function& function) {
    std::lock_guard lock(state_->writing);
    insert_function(state_->writer, function);
}

bool store::drop_function(const std::string& database, const std::string& name) {
    std::lock_guard lock(state_->writing);
    return remove_function(state_->writer, database, name);
}

static void insert_record(sqlite::database& writer, const ingestion_record& record) {
    sqlite::statement add(
        writer,
        "INSERT INTO ingestions(" + std::string(record_columns) +
            ") VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    );
    add.bind(record.source_id, record.blob, record.database, record.table);
    add.bind_more(record.rows, record.raw_bytes);
    add.bind_more(record.status, record.code, record.at, record.details);
    add.bind_more(record.operation_id, record.message_id).run();
}

static ingestion_record read_record(const sqlite::statement& row) {
    ingestion_record out;
    out.source_id = row.text(0);
    out.blob = row.text(1);
    out.database = row.text(2);
    out.table = row.text(3);
    out.rows = static_cast<std::uint64_t>(row.integer(4));
    out.raw_bytes = static_cast<std::uint64_t>(row.integer(5));
    out.status = row.text(6);
    out.code = row.text(7);
    out.at = row.text(8);
    out.details = row.text(9);
    out.operation_id = row.text(10);
    out.message_id = row.text(11);
    return out;
}

static std::string insert_sql(const stored_table& table) {
    auto sql = "INSERT INTO " + table.physical + "(\"$source_id\", \"$tags\", \"$creation_time\"";
    std::string marks = "?, ?, ?";
    for (auto& column : table.physical_columns) {
        sql += ", " + column;
        marks += ", ?";
    }
    return sql + ") VALUES(" + marks + ")";
}

static std::string joined(const std::vector<std::string>& tags) {
    std::string out;
    for (auto& tag : tags) out += (out.empty() ? "" : "\n") + tag;
    return out;
}

static void insert_tags(
    sqlite::database& writer, const table_schema& table, const std::vector<std::string>& tags
) {
    sqlite::statement add(writer, "INSERT OR IGNORE INTO tags VALUES(?, ?, ?)");
    for (auto& tag : tags) add.bind(table.database, table.name, tag).run();
}

static failure storage_failure(const sqlite::error& error) {
    return {
        .code = service_code("General_InternalServerError"),
        .next = remedy::retry,
        .detail = std::string("The rows cannot be stored: ") + error.what() + "."};
}

static failure no_such_table(const table_schema& table) {
    return {
        .code = service_code("BadRequest_TableNotExist"),
        .next = remedy::give_up,
        .detail = "Table '" + table.name + "' was not found in database '" + table.database + "'."};
}

result<ingestion_record> store::ingest(
    ingestion_record record, const table_schema& table, const row_marks* marks, row_source source
) {
    std::lock_guard lock(state_->writing);
    auto& writer = state_->writer;
    try {
        sqlite::transaction transaction(writer);
        auto stored = emulator::find_table(writer, table.database, table.name);
        if (!stored) return no_such_table(table);
        sqlite::statement insert(writer, insert_sql(*stored));
        auto tags = marks ? joined(marks->tags) : "";
        auto width = stored->physical_columns.size();
        auto add = [&](const std::vector<cell>& row) {
            if (!marks) return;
            insert.bind(record.source_id, tags, marks->creation_time);
            // A column that was added since the message was checked stays null.
            for (std::size_t i = 0; i < width; ++i)
                insert.bind_more(i < row.size() ? row[i] : cell());
            insert.run();
        };
        auto done = source(add, record);
        if (!done) return done.error();
        if (marks) insert_tags(writer, table, marks->tags);
        insert_record(writer, record);
        transaction.commit();
        return record;
    } catch (const sqlite::error& error) {
        return storage_failure(error);
    }
}

result<> store::record(const ingestion_record& record) {
    std::lock_guard lock(state_->writing);
    try {
        insert_record(state_->writer, record);
        return {};
    } catch (const sqlite::error& error) {
        return storage_failure(error);
    }
}

std::optional<ingestion_record> store::find_message(const std::string& message_id) {
    std::lock_guard lock(state_->reading);
    sqlite::statement find(
        state_->reader,
        "SELECT " + std::string(record_columns) + " FROM ingestions WHERE message_id = ?"
    );
    if (!find.bind(message_id).step()) return std::nullopt;
    return read_record(find);
}

bool store::has_any_tag(const table_schema& table, const std::vector<std::string>& values) {
    std::lock_guard lock(state_->reading);
    sqlite::statement find(
        state_->reader, "SELECT 1 FROM tags WHERE database = ? AND table_name = ? AND tag = ?"
    );
    for (auto& value : values) {
        find.bind(table.database, table.name, "ingest-by:" + value);
        if (find.step()) return true;
    }
    return false;
}

std::vector<ingestion_record> store::failures(const std::string& database) {
    std::lock_guard lock(state_->reading);
    sqlite::statement find(
        state_->reader,
        "SELECT " + std::string(record_columns) +
            " FROM ingestions WHERE status = 'failed' AND database = ? ORDER BY rowid DESC "
            "LIMIT 10000"
    );
    find.bind(database);
    std::vector<ingestion_record> out;
    while (find.step()) out.push_back(read_record(find));
    return out;
}

std::optional<stored_table> store::find_table(
    const std::string& database, const std::string& table
) {
    std::lock_guard lock(state_->reading);
    return emulator::find_table(state_->reader, database, table);
}

std::vector<stored_function> store::find_functions(
    const std::string& database, const std::optional<std::string>& name
) {
    std::lock_guard lock(state_->reading);
    return emulator::find_functions(state_->reader, database, name);
}

row_set store::select(const std::string& sql, const std::vector<cell>& parameters) {
    std::lock_guard lock(state_->reading);
    sqlite::statement selection(state_->reader, sql);
    for (auto& one : parameters) selection.bind_more(one);
    row_set out;
    std::size_t bytes = 0;
    while (selection.step()) {
        std::vector<cell> row;
        for (int i = 0; i < selection.columns(); ++i) {
            row.push_back(selection.value(i));
            auto* text = std::get_if<std::string>(&row.back());
            bytes += text ? text->size() : 8;
        }
        out.too_large = out.rows.size() == max_answer_rows || bytes > max_answer_bytes;
        if (out.too_large) break;
        out.rows.push_back(std::move(row));
    }
    return out;
}

}  // namespace kustodrop::emulator
