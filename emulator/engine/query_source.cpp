#include "emulator/engine/query_source.hpp"

#include "emulator/engine/kql_expression.hpp"

#include <utility>

namespace kustodrop::emulator {

static constexpr int most_calls = 16;  // Of functions within functions.

static std::string column_place(std::size_t index) { return "c" + std::to_string(index); }

// What ingestion_time() and extent_tags() mean, until the first operator that chooses columns.
static constexpr auto marks = R"(, (SELECT max(at) FROM ingestions WHERE source_id = "$source_id")
    AS ingested_at, CASE "$tags" WHEN '' THEN '[]' ELSE '["' || replace(replace(replace(
    "$tags", '\', '\\'), '"', '\"'), char(10), '","') || '"]' END AS extent_tags)";

static bool asks_for_marks(std::string_view text) {
    return text.find("ingestion_time") != text.npos || text.find("extent_tags") != text.npos;
}

static sql_query without_marks(sql_query query) {
    std::string list;
    for (std::size_t i = 0; i < query.columns.size(); ++i) {
        list += (i == 0 ? "" : ", ") + column_place(i);
    }
    query.sql = "SELECT " + list + " FROM (" + query.sql + ")";
    return query;
}

static sql_query all_of(const stored_table& table, bool with_marks) {
    sql_query out;
    out.columns = table.schema.columns;
    for (std::size_t i = 0; i < table.physical_columns.size(); ++i) {
        out.sql += (i == 0 ? "" : ", ") + table.physical_columns[i] + " AS " + column_place(i);
    }
    if (with_marks) out.sql += marks;
    out.sql = "SELECT " + out.sql + " FROM " + table.physical;
    return out;
}

namespace {

class source_reader {
public:
    source_reader(std::string database, const query_sources& find, query_surroundings around)
        : database_(std::move(database)), find_(find), around_(std::move(around)) {}

    result<sql_query> read(std::string_view text, int depth) {
        auto tokens = tokenize(text);
        if (!tokens) return tokens.error();
        token_cursor cursor(text, std::move(*tokens));
        if (cursor.take_keyword("print")) return translate_print(cursor, around_);
        auto from = database_;
        std::string name;
        if (cursor.peek().value == "database" && cursor.peek(1).value == "(") {
            cursor.take();
            cursor.take();
            if (!cursor.take_text(from)) return cursor.unexpected("a database name");
            if (!cursor.take_symbol(")")) return cursor.unexpected("')'");
            if (!cursor.take_symbol(".")) return cursor.unexpected("'.'");
        }
        if (!cursor.take_name(name)) return cursor.unexpected("a table");
        if (cursor.peek().value == "(") return after_call(cursor, from, name, depth);
        auto table = find_.table(from, name);
        if (!table) return unknown(from, name);
        bool with_marks = asks_for_marks(text);
        auto query = translate_operators(cursor, all_of(*table, with_marks), around_);
        if (query && with_marks) return without_marks(std::move(*query));
        return query;
    }

private:
    static failure unknown(const std::string& database, const std::string& name) {
        return semantic_failure(
            "'" + name + "' operator: Failed to resolve table or column expression named '" + name +
            "' in database '" + database + "'"
        );
    }

    // "Name(a, b) | …"
    result<sql_query> after_call(
        token_cursor& cursor, const std::string& from, const std::string& name, int depth
    ) {
        auto function = find_.function ? find_.function(from, name) : std::nullopt;
        if (!function) return semantic_failure("Unknown function: '" + name + "'");
        if (depth >= most_calls)
            return semantic_failure("functions call each other without an end");
        auto values = arguments(cursor, *function);
        if (!values) return values.error();
        source_reader inside(from, find_, {around_.now, std::move(*values)});
        auto body = inside.read(function->body, depth + 1);
        if (!body) return body;
        return translate_operators(cursor, std::move(*body), around_);
    }

    result<named_values> arguments(token_cursor& cursor, const stored_function& function) const {
        named_values out;
        if (!cursor.take_symbol("(")) return cursor.unexpected("'('");
        sql_scope scope{{}, {}, around_.now, around_.constants};
        for (auto& wanted : function.parameters) {
            if (!out.empty() && !cursor.take_symbol(",")) return cursor.unexpected("','");
            auto given = read_expression(cursor, scope);
            if (!given) return given.error();
            if (given->type != wanted.type) {
                return semantic_failure(
                    function.name + "(): argument '" + wanted.name + "' is of type " +
                    std::string(to_string(given->type)) + ", not " +
                    std::string(to_string(wanted.type))
                );
            }
            given->name = wanted.name;
            out.emplace_back(wanted.name, std::move(*given));
        }
        if (!cursor.take_symbol(")")) return cursor.unexpected("')'");
        return out;
    }

    std::string database_;
    const query_sources& find_;
    query_surroundings around_;
};

}  // namespace

result<sql_query> translate_query(
    const std::string& database, std::string_view text, const query_sources& find, wall_time now
) {
    return source_reader(database, find, {now, {}}).read(text, 0);
}

result<sql_query> translate_body(
    const std::string& database,
    const stored_function& function,
    const query_sources& find,
    wall_time now
) {
    named_values nothing;
    for (auto& one : function.parameters) {
        nothing.emplace_back(one.name, sql_expression{"NULL", one.type, one.name, false});
    }
    return source_reader(database, find, {now, std::move(nothing)}).read(function.body, 1);
}

}  // namespace kustodrop::emulator
