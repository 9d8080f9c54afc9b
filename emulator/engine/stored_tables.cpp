#include "emulator/engine/stored_tables.hpp"

#include "base/text.hpp"
#include "emulator/schema/kql_tokens.hpp"
#include "sqlite/quoting.hpp"
#include "sqlite/statement.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

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
CREATE TABLE IF NOT EXISTS functions(
    database TEXT, name TEXT, parameters TEXT, body TEXT, PRIMARY KEY(database, name)
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

void create_layout(sqlite::database& writer) { writer.run(layout); }

std::optional<stored_table> find_table(
    sqlite::database& connection, const std::string& database, const std::string& name
) {
    sqlite::statement table(
        connection, "SELECT physical FROM tables WHERE database = ? AND name = ?"
    );
    table.bind(database, name);
    if (!table.step()) return std::nullopt;
    stored_table out;
    out.schema.database = database;
    out.schema.name = name;
    out.physical = sqlite::quoted_name(table.text(0));
    sqlite::statement columns(
        connection,
        "SELECT name, type, physical FROM columns WHERE database = ? AND table_name = ? "
        "ORDER BY ordinal"
    );
    columns.bind(database, name);
    while (columns.step()) {
        auto type = parse_column_type(columns.text(1)).value_or(column_type::string);
        out.schema.columns.push_back({columns.text(0), type});
        out.physical_columns.push_back(sqlite::quoted_name(columns.text(2)));
    }
    return out;
}

catalog load_catalog(sqlite::database& reader) {
    catalog out;
    sqlite::statement databases(reader, "SELECT name FROM databases");
    while (databases.step()) out.add_database(databases.text(0));
    sqlite::statement tables(reader, "SELECT database, name FROM tables");
    while (tables.step()) {
        auto table = find_table(reader, tables.text(0), tables.text(1));
        if (table) out.put_table(std::move(table->schema));
    }
    sqlite::statement mappings(
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

void insert_database(sqlite::database& writer, const std::string& database) {
    sqlite::statement add(writer, "INSERT OR IGNORE INTO databases VALUES(?)");
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

static std::string create_physical(sqlite::database& writer, const table_schema& table) {
    auto physical = free_name(table.database + "." + table.name, [&](const std::string& name) {
        sqlite::statement find(writer, "SELECT 1 FROM tables WHERE physical = ?");
        return find.bind(name).step();
    });
    writer.run(
        "CREATE TABLE " + sqlite::quoted_name(physical) +
        "(\"$source_id\" TEXT, \"$tags\" TEXT, \"$creation_time\" TEXT)"
    );
    sqlite::statement add(writer, "INSERT INTO tables(database, name, physical) VALUES(?, ?, ?)");
    add.bind(table.database, table.name, physical).run();
    return sqlite::quoted_name(physical);
}

void create_or_merge_table(sqlite::database& writer, const table_schema& table) {
    insert_database(writer, table.database);
    auto known = find_table(writer, table.database, table.name).value_or(stored_table{});
    if (known.physical.empty()) known.physical = create_physical(writer, table);
    sqlite::statement add(writer, "INSERT INTO columns VALUES(?, ?, ?, ?, ?, ?)");
    for (auto& column : table.columns) {
        if (known.schema.index_of(column.name)) continue;
        auto physical = free_name(column.name, [&](const std::string& name) {
            for (auto& other : known.physical_columns) {
                if (equals_ignoring_case(other, sqlite::quoted_name(name))) return true;
            }
            return false;
        });
        auto ordinal = static_cast<std::int64_t>(known.schema.columns.size());
        auto type = to_string(column.type);
        add.bind(table.database, table.name, ordinal, column.name, type, physical).run();
        writer.run(
            "ALTER TABLE " + known.physical + " ADD COLUMN " + sqlite::quoted_name(physical) + " " +
            std::string(affinity_of(column.type))
        );
        known.schema.columns.push_back(column);
        known.physical_columns.push_back(sqlite::quoted_name(physical));
    }
}

void remove_table(sqlite::database& writer, const std::string& database, const std::string& table) {
    auto known = find_table(writer, database, table);
    if (!known) return;
    writer.run("DROP TABLE " + known->physical);
    sqlite::statement(writer, "DELETE FROM tables WHERE database = ? AND name = ?")
        .bind(database, table)
        .run();
    for (auto name : {"columns", "mappings", "tags"}) {
        auto sql = std::string("DELETE FROM ") + name + " WHERE database = ? AND table_name = ?";
        sqlite::statement(writer, sql).bind(database, table).run();
    }
}

void remove_rows(sqlite::database& writer, const std::string& database, const std::string& table) {
    auto known = find_table(writer, database, table);
    if (!known) return;
    writer.run("DELETE FROM " + known->physical);
    sqlite::statement(writer, "DELETE FROM tags WHERE database = ? AND table_name = ?")
        .bind(database, table)
        .run();
}

void insert_mapping(sqlite::database& writer, const mapping& mapping) {
    sqlite::statement put(writer, "INSERT OR REPLACE INTO mappings VALUES(?, ?, ?, ?, ?)");
    auto kind = to_string(mapping.kind);
    put.bind(mapping.database, mapping.table, kind, mapping.name, mapping.text).run();
}

void remove_mapping(sqlite::database& writer, const mapping& mapping) {
    sqlite::statement drop(
        writer,
        "DELETE FROM mappings WHERE database = ? AND table_name = ? AND kind = ? AND name = ?"
    );
    auto kind = to_string(mapping.kind);
    drop.bind(mapping.database, mapping.table, kind, mapping.name).run();
}

std::string parameters_text(const stored_function& function) {
    std::string out;
    for (auto& one : function.parameters) {
        out += (out.empty() ? "" : ", ") + one.name + ":" + std::string(to_string(one.type));
    }
    return "(" + out + ")";
}

void insert_function(sqlite::database& writer, const stored_function& function) {
    sqlite::statement put(writer, "INSERT OR REPLACE INTO functions VALUES(?, ?, ?, ?)");
    auto parameters = parameters_text(function);
    put.bind(function.database, function.name, parameters, function.body).run();
}

bool remove_function(
    sqlite::database& writer, const std::string& database, const std::string& name
) {
    bool is_there = !find_functions(writer, database, name).empty();
    sqlite::statement drop(writer, "DELETE FROM functions WHERE database = ? AND name = ?");
    drop.bind(database, name).run();
    return is_there;
}

std::vector<stored_function> find_functions(
    sqlite::database& reader, const std::string& database, const std::optional<std::string>& name
) {
    std::vector<stored_function> out;
    sqlite::statement find(
        reader,
        "SELECT name, parameters, body FROM functions WHERE database = ? AND (? OR name = ?) "
        "ORDER BY name"
    );
    find.bind(database, std::int64_t(name ? 0 : 1), name.value_or(""));
    while (find.step()) {
        stored_function one{database, find.text(0), {}, find.text(2)};
        auto text = find.text(1);
        auto tokens = tokenize(text);
        if (!tokens) continue;
        token_cursor cursor(text, std::move(*tokens));
        auto parameters = parse_columns(cursor);
        if (!parameters) continue;
        one.parameters = std::move(*parameters);
        out.push_back(std::move(one));
    }
    return out;
}

}  // namespace kustodrop::emulator
