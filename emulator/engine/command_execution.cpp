#include "emulator/engine/command_execution.hpp"

#include "sqlite/error.hpp"

#include <memory>
#include <utility>

namespace kustodrop::emulator {

using enum column_type;

static failure no_table(const std::string& database, const std::string& table) {
    return {
        .code = service_code("EntityNotFound"),
        .next = remedy::give_up,
        .detail = "Entity ID '" + table + "' of kind 'Table' was not found in database '" +
                  database + "'."};
}

static failure no_database(const std::string& database) {
    return {
        .code = service_code("EntityNotFound"),
        .next = remedy::give_up,
        .detail = "Entity ID '" + database + "' of kind 'Database' was not found."};
}

static failure storage_failure(const sqlite::error& error) {
    return {
        .code = service_code("InternalServerError"), .next = remedy::retry, .detail = error.what()};
}

asio::awaitable<result<dataset>> command_execution::run(std::string database, command what) {
    auto start = [this, &database](auto& one) { return carry_out(database, std::move(one)); };
    auto task = std::visit(start, what);
    try {
        auto out = co_await std::move(task);
        co_return out;
    } catch (const sqlite::error& error) {
        co_return storage_failure(error);
    }
}

command_execution::answer command_execution::carry_out(
    std::string, commands::create_database what
) {
    auto write = [this, name = what.name] { tables_.add_database(name); };
    co_await offload(pool_, std::move(write));
    known_.add_database(what.name);
    dataset out;
    out.columns = {{"DatabaseName", column_type::string}};
    out.rows.push_back({what.name});
    co_return out;
}

// As many as SQLite takes, beside those of the store's own.
static constexpr std::size_t most_columns = 1990;

static failure too_many_columns(const std::string& table) {
    return {
        .code = service_code("BadRequest"),
        .next = remedy::give_up,
        .detail = "Table '" + table + "' would have more than " + std::to_string(most_columns) +
                  " columns, which is the most in this emulator."};
}

// What the table will be: as it is, and with `merge` the missing columns at its end.
static result<table_schema> merged(const table_schema* existing, commands::create_table what) {
    if (!existing) return what.table;
    auto out = *existing;
    for (auto& column : what.table.columns) {
        if (!what.merge) break;
        auto at = out.index_of(column.name);
        if (!at) out.columns.push_back(column);
        if (!at || out.columns[*at].type == column.type) continue;
        return failure{
            .code = service_code("BadRequest"),
            .next = remedy::give_up,
            .detail = "Column '" + column.name + "' exists with type '" +
                      std::string(to_string(out.columns[*at].type)) + "'."};
    }
    return out;
}

command_execution::answer command_execution::carry_out(
    std::string database, commands::create_table what
) {
    auto schema = merged(known_.find_table(database, what.table.name), what);
    if (!schema) co_return schema.error();
    if (schema->columns.size() > most_columns) co_return too_many_columns(schema->name);
    auto table = std::move(*schema);
    auto write = [this, table] { tables_.put_table(table); };
    co_await offload(pool_, std::move(write));
    known_.put_table(table);
    auto text = json_schema(table);
    auto out = about_table(table, text);
    co_return out;
}

command_execution::answer command_execution::carry_out(
    std::string database, commands::drop_table what
) {
    auto* table = known_.find_table(database, what.table);
    if (!table && !what.if_exists) co_return no_table(database, what.table);
    if (table) {
        auto write = [this, database, name = what.table] { tables_.drop_table(database, name); };
        co_await offload(pool_, std::move(write));
        known_.drop_table(database, what.table);
    }
    auto out = table_names(known_.tables_of(database));
    co_return out;
}

command_execution::answer command_execution::carry_out(
    std::string database, commands::clear_table what
) {
    auto* table = known_.find_table(database, what.table);
    if (!table) co_return no_table(database, what.table);
    auto write = [this, database, name = what.table] { tables_.clear_table(database, name); };
    co_await offload(pool_, std::move(write));
    dataset out;
    out.columns = {{"Table", column_type::string}, {"Status", column_type::string}};
    out.rows.push_back({what.table, std::string("Succeeded")});
    co_return out;
}

command_execution::answer command_execution::carry_out(
    std::string database, commands::create_mapping what
) {
    auto* table = known_.find_table(database, what.what.table);
    if (!table) co_return no_table(database, what.what.table);
    auto* existing = known_.find_mapping(*table, what.what.kind, what.what.name);
    if (existing && !what.may_exist) {
        failure why;
        why.code = service_code("BadRequest");
        why.next = remedy::give_up;
        why.detail = "Mapping '" + what.what.name + "' exists already; use .create-or-alter.";
        co_return why;
    }
    for (auto& column : what.what.columns) {
        if (table->index_of(column.column)) continue;
        failure why;
        why.code = service_code("BadRequest_InconsistentMapping");
        why.next = remedy::give_up;
        why.detail = "Table '" + table->name + "' has no column '" + column.column + "'.";
        co_return why;
    }
    auto write = [this, mapping = what.what] { tables_.put_mapping(mapping); };
    co_await offload(pool_, std::move(write));
    known_.put_mapping(what.what);
    auto out = about_mappings({&what.what});
    co_return out;
}

command_execution::answer command_execution::carry_out(
    std::string database, commands::drop_mapping what
) {
    auto* table = known_.find_table(database, what.what.table);
    if (!table) co_return no_table(database, what.what.table);
    auto write = [this, mapping = what.what] { tables_.drop_mapping(mapping); };
    co_await offload(pool_, std::move(write));
    known_.drop_mapping(what.what);
    table = known_.find_table(database, what.what.table);
    if (!table) co_return no_table(database, what.what.table);
    auto out = about_mappings(known_.mappings_of(*table));
    co_return out;
}

query_sources command_execution::sources() {
    auto find_table = [this](const std::string& database, const std::string& name) {
        return tables_.find_table(database, name);
    };
    auto find_function = [this](const std::string& database, const std::string& name) {
        auto found = tables_.find_functions(database, name);
        return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
    };
    return {find_table, find_function};
}

command_execution::answer command_execution::carry_out(
    std::string database, commands::create_function what
) {
    if (!known_.has_database(database)) co_return no_database(database);
    auto write = [this, what]() -> std::shared_ptr<result<>> {
        auto& made = what.what;
        bool is_there = !tables_.find_functions(made.database, made.name).empty();
        if (is_there && what.if_not_exists) return std::make_shared<result<>>();
        if (is_there && !what.may_exist) {
            failure why;
            why.code = service_code("EntityNameAlreadyExistsException");
            why.next = remedy::give_up;
            why.detail = "Function '" + made.name + "' exists already; use .create-or-alter.";
            return std::make_shared<result<>>(std::move(why));
        }
        auto body = translate_body(made.database, made, sources(), what.now);
        if (!body) return std::make_shared<result<>>(body.error());
        tables_.put_function(made);
        return std::make_shared<result<>>();
    };
    auto done = co_await offload(pool_, std::move(write));
    if (done->has_error()) co_return done->error();
    auto out = about_functions({what.what});
    co_return out;
}

command_execution::answer command_execution::carry_out(
    std::string database, commands::drop_function what
) {
    auto write = [this, database, name = what.name] {
        return tables_.drop_function(database, name);
    };
    bool was_there = co_await offload(pool_, std::move(write));
    if (!was_there && !what.if_exists) {
        failure why;
        why.code = service_code("EntityNotFound");
        why.next = remedy::give_up;
        why.detail = "Entity ID '" + what.name + "' of kind 'Function' was not found.";
        co_return why;
    }
    dataset out = about_functions({});
    co_return out;
}

command_execution::answer command_execution::carry_out(
    std::string database, commands::show_functions
) {
    if (!known_.has_database(database)) co_return no_database(database);
    auto read = [this, database] { return tables_.find_functions(database, std::nullopt); };
    auto found = co_await offload(pool_, std::move(read));
    auto out = about_functions(found);
    co_return out;
}

command_execution::answer command_execution::carry_out(
    std::string database, commands::set_policy what
) {
    auto* table = known_.find_table(database, what.table);
    if (!table) co_return no_table(database, what.table);
    dataset out;
    out.columns = {{"PolicyName", column_type::string}, {"EntityName", column_type::string}};
    out.rows.push_back({what.kind, "[" + database + "].[" + what.table + "]"});
    co_return out;
}

command_execution::answer command_execution::carry_out(std::string, commands::show_databases) {
    dataset out;
    out.columns = {{"DatabaseName", column_type::string}};
    for (auto& name : known_.databases()) out.rows.push_back({name});
    co_return out;
}

command_execution::answer command_execution::carry_out(
    std::string database, commands::show_tables
) {
    if (!known_.has_database(database)) co_return no_database(database);
    auto out = table_names(known_.tables_of(database));
    co_return out;
}

command_execution::answer command_execution::carry_out(
    std::string database, commands::show_table what
) {
    if (!known_.has_database(database)) co_return no_database(database);
    auto* table = known_.find_table(database, what.table);
    if (!table) co_return no_table(database, what.table);
    auto schema = what.as_json ? json_schema(*table) : table->csl();
    auto out = about_table(*table, schema);
    co_return out;
}

command_execution::answer command_execution::carry_out(
    std::string database, commands::show_mappings what
) {
    if (!known_.has_database(database)) co_return no_database(database);
    auto* table = known_.find_table(database, what.table);
    if (!table) co_return no_table(database, what.table);
    auto out = about_mappings(known_.mappings_of(*table));
    co_return out;
}

static result<dataset> answer_of(store& tables, sql_query query) {
    try {
        auto rows = tables.select(query.sql, {});
        if (!rows.too_large) return dataset{std::move(query.columns), std::move(rows.rows)};
        return failure{
            .code = service_code("E_QUERY_RESULT_SET_TOO_LARGE"),
            .next = remedy::give_up,
            .detail = "The answer has more than 500000 rows or 64 MiB."};
    } catch (const sqlite::error& error) {
        return failure{
            .code = service_code("Semantic"), .next = remedy::give_up, .detail = error.what()};
    }
}

command_execution::answer command_execution::carry_out(
    std::string, commands::show_ingestion_failures what
) {
    auto read = [this, query = std::move(what.query)] {
        return std::make_shared<result<dataset>>(answer_of(tables_, query));
    };
    auto out = co_await offload(pool_, std::move(read));
    co_return std::move(*out);
}

command_execution::answer command_execution::query(
    std::string database, std::string text, wall_time now
) {
    auto read = [this, database, text, now] {
        auto query = translate_query(database, text, sources(), now);
        result<dataset> out = query ? answer_of(tables_, std::move(*query)) : query.error();
        return std::make_shared<result<dataset>>(std::move(out));
    };
    auto out = co_await offload(pool_, std::move(read));
    co_return std::move(*out);
}

}  // namespace kustodrop::emulator
