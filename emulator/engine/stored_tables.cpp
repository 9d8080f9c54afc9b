#include "emulator/engine/stored_tables.hpp"

#include "base/text.hpp"

#include <functional>

namespace kustodrop::emulator {

static constexpr auto layout = R"(
CREATE TABLE IF NOT EXISTS databases(name TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tables(
    database TEXT, name TEXT, physical TEXT UNIQUE COLLATE NOCASE, PRIMARY KEY(database, name)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS columns(
    database TEXT, table_name TEXT, ordinal INTEGER, name TEXT, type TEXT, physical TEXT,
    PRIMARY KEY(database, table_name, ordinal)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS mappings(
    database TEXT, table_name TEXT, kind TEXT, name TEXT, json TEXT,
    PRIMARY KEY(database, table_name, kind, name)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tags(
    database TEXT, table_name TEXT, tag TEXT, PRIMARY KEY(database, table_name, tag)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ingestions(
    source_id TEXT, blob TEXT, database TEXT, "table" TEXT, rows INTEGER, raw_bytes INTEGER,
    status TEXT, code TEXT, at TEXT, details TEXT, operation_id TEXT, message_id TEXT
);
CREATE UNIQUE INDEX IF NOT EXISTS ingestions_by_message
    ON ingestions(message_id) WHERE message_id <> '';
CREATE INDEX IF NOT EXISTS ingestions_by_source ON ingestions(source_id);
)";

void create_layout(sqlite_connection& writer) { writer.execute(layout); }

std::optional<stored_table> find_table(
    sqlite_connection& connection, const std::string& database, const std::string& name
) {
    sqlite_statement table(
        connection, "SELECT physical FROM tables WHERE database = ? AND name = ?"
    );
    table.bind(database).bind(name);
    if (!table.step()) return std::nullopt;
    stored_table out;
    out.schema.database = database;
    out.schema.name = name;
    out.physical = sql_quoted(table.text(0));
    sqlite_statement columns(
        connection,
        "SELECT name, type, physical FROM columns WHERE database = ? AND table_name = ? "
        "ORDER BY ordinal"
    );
    columns.bind(database).bind(name);
    while (columns.step()) {
        auto type = parse_column_type(columns.text(1)).value_or(column_type::string);
        out.schema.columns.push_back({columns.text(0), type});
        out.physical_columns.push_back(sql_quoted(columns.text(2)));
    }
    return out;
}

catalog load_catalog(sqlite_connection& reader) {
    catalog out;
    sqlite_statement databases(reader, "SELECT name FROM databases");
    while (databases.step()) out.add_database(databases.text(0));
    sqlite_statement tables(reader, "SELECT database, name FROM tables");
    while (tables.step()) {
        auto table = find_table(reader, tables.text(0), tables.text(1));
        if (table) out.put_table(std::move(table->schema));
    }
    sqlite_statement mappings(
        reader, "SELECT database, table_name, kind, name, json FROM mappings"
    );
    while (mappings.step()) {
        auto columns = parse_mapping_columns(mappings.text(4));
        auto kind = parse_mapping_kind(mappings.text(2));
        if (!columns || !kind) continue;
        mapping one{mappings.text(0), mappings.text(1), mappings.text(3), *kind, {}, {}};
        one.columns = std::move(*columns);
        one.text = mappings.text(4);
        out.put_mapping(std::move(one));
    }
    return out;
}

void insert_database(sqlite_connection& writer, const std::string& database) {
    sqlite_statement add(writer, "INSERT OR IGNORE INTO databases VALUES(?)");
    add.bind(database).run();
}

static std::string_view affinity_of(column_type type) {
    using enum column_type;
    if (type == int_ || type == long_ || type == bool_) return "INTEGER";
    return type == real ? "REAL" : "TEXT";
}

// SQL compares names without case, Kusto does not: a second one of a kind gets a number.
static std::string free_name(
    const std::string& wanted, const std::function<bool(const std::string&)>& taken
) {
    auto name = wanted;
    for (int i = 2; taken(name); ++i) name = wanted + "#" + std::to_string(i);
    return name;
}

static std::string create_physical(sqlite_connection& writer, const table_schema& table) {
    auto physical = free_name(table.database + "." + table.name, [&](const std::string& name) {
        sqlite_statement find(writer, "SELECT 1 FROM tables WHERE physical = ?");
        return find.bind(name).step();
    });
    writer.execute(
        "CREATE TABLE " + sql_quoted(physical) +
        "(\"$source_id\" TEXT, \"$tags\" TEXT, \"$creation_time\" TEXT)"
    );
    sqlite_statement add(writer, "INSERT INTO tables(database, name, physical) VALUES(?, ?, ?)");
    add.bind(table.database).bind(table.name).bind(physical).run();
    return sql_quoted(physical);
}

void create_or_merge_table(sqlite_connection& writer, const table_schema& table) {
    insert_database(writer, table.database);
    auto known = find_table(writer, table.database, table.name).value_or(stored_table{});
    if (known.physical.empty()) known.physical = create_physical(writer, table);
    sqlite_statement add(writer, "INSERT INTO columns VALUES(?, ?, ?, ?, ?, ?)");
    for (auto& column : table.columns) {
        if (known.schema.index_of(column.name)) continue;
        auto physical = free_name(column.name, [&](const std::string& name) {
            for (auto& other : known.physical_columns) {
                if (equals_ignoring_case(other, sql_quoted(name))) return true;
            }
            return false;
        });
        auto ordinal = static_cast<std::int64_t>(known.schema.columns.size());
        add.bind(table.database).bind(table.name).bind(ordinal);
        add.bind(column.name).bind(to_string(column.type)).bind(physical).run();
        writer.execute(
            "ALTER TABLE " + known.physical + " ADD COLUMN " + sql_quoted(physical) + " " +
            std::string(affinity_of(column.type))
        );
        known.schema.columns.push_back(column);
        known.physical_columns.push_back(sql_quoted(physical));
    }
}

void remove_table(
    sqlite_connection& writer, const std::string& database, const std::string& table
) {
    auto known = find_table(writer, database, table);
    if (!known) return;
    writer.execute("DROP TABLE " + known->physical);
    sqlite_statement(writer, "DELETE FROM tables WHERE database = ? AND name = ?")
        .bind(database)
        .bind(table)
        .run();
    for (auto name : {"columns", "mappings", "tags"}) {
        auto sql = std::string("DELETE FROM ") + name + " WHERE database = ? AND table_name = ?";
        sqlite_statement(writer, sql).bind(database).bind(table).run();
    }
}

void remove_rows(sqlite_connection& writer, const std::string& database, const std::string& table) {
    auto known = find_table(writer, database, table);
    if (!known) return;
    writer.execute("DELETE FROM " + known->physical);
    sqlite_statement(writer, "DELETE FROM tags WHERE database = ? AND table_name = ?")
        .bind(database)
        .bind(table)
        .run();
}

void insert_mapping(sqlite_connection& writer, const mapping& mapping) {
    sqlite_statement put(writer, "INSERT OR REPLACE INTO mappings VALUES(?, ?, ?, ?, ?)");
    put.bind(mapping.database).bind(mapping.table).bind(to_string(mapping.kind));
    put.bind(mapping.name).bind(mapping.text).run();
}

void remove_mapping(sqlite_connection& writer, const mapping& mapping) {
    sqlite_statement drop(
        writer,
        "DELETE FROM mappings WHERE database = ? AND table_name = ? AND kind = ? AND name = ?"
    );
    drop.bind(mapping.database).bind(mapping.table).bind(to_string(mapping.kind));
    drop.bind(mapping.name).run();
}

}  // namespace kustodrop::emulator
