#include "emulator/engine/commands.hpp"

#include "emulator/engine/kql_expression.hpp"
#include "sqlite/quoting.hpp"

#include <utility>

namespace kustodrop::emulator {

static failure syntax(std::string detail) {
    return {.code = service_code("Syntax"), .next = remedy::give_up, .detail = std::move(detail)};
}

// The record of every message, as `.show ingestion failures` names its columns.
static sql_query failures_of(const std::string& database) {
    using enum column_type;
    sql_query out;
    out.columns = {
        {"OperationId", guid},
        {"Database", string},
        {"Table", string},
        {"FailedOn", datetime},
        {"IngestionSourcePath", string},
        {"IngestionSourceId", guid},
        {"Details", string},
        {"FailureKind", string},
        {"RootActivityId", guid},
        {"ErrorCode", string},
        {"OriginatesFromUpdatePolicy", bool_}};
    out.sql =
        "SELECT operation_id AS c0, database AS c1, \"table\" AS c2, at AS c3, blob AS c4, "
        "source_id AS c5, details AS c6, 'Permanent' AS c7, operation_id AS c8, code AS c9, "
        "0 AS c10 FROM ingestions WHERE status = 'failed' AND database = " +
        sqlite::quoted_text(database) + " ORDER BY rowid DESC";
    return out;
}

namespace {

class command_reader {
public:
    command_reader(const std::string& database, token_cursor& cursor, wall_time now)
        : database_(database), cursor_(cursor), now_(now) {}

    result<command> run() {
        if (!cursor_.take_symbol("."))
            return cursor_.unexpected("a command, which begins with '.',");
        auto verb = hyphenated();
        if (verb == "create" || verb == "create-merge" || verb == "create-or-alter" ||
            verb == "alter" || verb == "alter-merge") {
            return create(verb);
        }
        if (verb == "drop") return drop();
        if (verb == "clear") return clear();
        if (verb == "show") return show();
        return syntax("the command '." + verb + "' is not known here");
    }

private:
    std::string hyphenated() {
        auto verb = cursor_.take().value;
        while (cursor_.peek().value == "-" && cursor_.peek(1).type == token::kind::name) {
            cursor_.take();
            verb += "-" + cursor_.take().value;
        }
        return verb;
    }

    result<command> create(const std::string& verb) {
        if (cursor_.take_keyword("database")) {
            commands::create_database out;
            if (!cursor_.take_name(out.name)) return cursor_.unexpected("a name");
            return command(std::move(out));
        }
        if (cursor_.take_keyword("function")) return create_function(verb);
        if (!cursor_.take_keyword("table")) return cursor_.unexpected("'table' or 'database'");
        std::string table;
        if (!cursor_.take_name(table)) return cursor_.unexpected("a table");
        if (cursor_.take_keyword("ingestion")) return create_mapping(table, verb != "create");
        bool sets_policy = verb.starts_with("alter") && cursor_.take_keyword("policy");
        if (sets_policy) {
            auto kind = cursor_.take().value;
            if (cursor_.at_end()) return cursor_.unexpected("what the policy is");
            return command(commands::set_policy{std::move(table), std::move(kind)});
        }
        if (verb == "create-or-alter" || verb == "alter") {
            return syntax("'." + verb + " table' is not known here; use '.create-merge table'");
        }
        commands::create_table out;
        out.merge = verb != "create";
        auto columns = parse_columns(cursor_);
        if (!columns) return columns.error();
        if (columns->empty()) return syntax("a table needs at least one column");
        out.table = {database_, std::move(table), std::move(*columns)};
        // "with (docstring=…, folder=…)" says nothing here.
        if (!cursor_.at_end() && !cursor_.take_keyword("with"))
            return cursor_.unexpected("the end");
        return command(std::move(out));
    }

    // "json mapping "M"", after "ingestion".
    result<mapping> mapping_name(const std::string& table) {
        mapping out;
        out.database = database_;
        out.table = table;
        auto kind = parse_mapping_kind(cursor_.take().value);
        if (!kind) return syntax("csv, json, avro, parquet, orc or w3clogfile is expected");
        out.kind = *kind;
        if (!cursor_.take_keyword("mapping")) return cursor_.unexpected("'mapping'");
        if (cursor_.peek().type == token::kind::text) {
            out.name = cursor_.take().value;
        } else if (!cursor_.take_name(out.name)) {
            return cursor_.unexpected("the mapping's name");
        }
        return out;
    }

    result<command> create_mapping(const std::string& table, bool may_exist) {
        auto named = mapping_name(table);
        if (!named) return named.error();
        commands::create_mapping out{std::move(*named), may_exist};
        if (!cursor_.take_text(out.what.text)) return cursor_.unexpected("the mapping as a string");
        if (!cursor_.at_end() && !cursor_.take_keyword("with"))
            return cursor_.unexpected("the end");
        auto columns = parse_mapping_columns(out.what.text);
        if (!columns) return columns.error();
        out.what.columns = std::move(*columns);
        return command(std::move(out));
    }

    // "with (folder='x', docstring='y')", which says nothing here.
    result<> pass_over_properties() {
        if (!cursor_.take_keyword("with")) return {};
        if (!cursor_.take_symbol("(")) return cursor_.unexpected("'('");
        while (!cursor_.at_end() && !cursor_.take_symbol(")")) cursor_.take();
        return {};
    }

    // What stands between "{" and its "}", as it is written.
    result<std::string> body() {
        auto text = cursor_.rest();
        auto begin = cursor_.peek().at;
        if (!cursor_.take_symbol("{")) return cursor_.unexpected("'{'");
        for (int depth = 1; !cursor_.at_end();) {
            auto one = cursor_.take();
            bool is_symbol = one.type == token::kind::symbol;
            if (is_symbol && one.value == "{") ++depth;
            if (is_symbol && one.value == "}") --depth;
            if (depth > 0) continue;
            std::string inside(text.substr(1, one.at - begin - 1));
            return result<std::string>(boost::system::in_place_value, std::move(inside));
        }
        return cursor_.unexpected("'}'");
    }

    result<command> create_function(const std::string& verb) {
        if (verb != "create" && verb != "create-or-alter") {
            return syntax("'." + verb + " function' is not known here; use '.create-or-alter'");
        }
        commands::create_function out;
        out.may_exist = verb == "create-or-alter";
        out.if_not_exists = cursor_.take_keyword("ifnotexists");
        if (auto done = pass_over_properties(); !done) return done.error();
        out.what.database = database_;
        out.now = now_;
        if (!cursor_.take_name(out.what.name)) return cursor_.unexpected("a name");
        auto parameters = parse_columns(cursor_);
        if (!parameters) return parameters.error();
        out.what.parameters = std::move(*parameters);
        auto text = body();
        if (!text) return text.error();
        out.what.body = std::move(*text);
        return ended(std::move(out));
    }

    result<command> drop() {
        if (cursor_.take_keyword("function")) {
            commands::drop_function out;
            if (!cursor_.take_name(out.name)) return cursor_.unexpected("a name");
            out.if_exists = cursor_.take_keyword("ifexists");
            return ended(std::move(out));
        }
        if (!cursor_.take_keyword("table")) return cursor_.unexpected("'table'");
        std::string table;
        if (!cursor_.take_name(table)) return cursor_.unexpected("a table");
        if (cursor_.take_keyword("ingestion")) {
            auto named = mapping_name(table);
            if (!named) return named.error();
            return ended(commands::drop_mapping{std::move(*named)});
        }
        bool if_exists = cursor_.take_keyword("ifexists");
        return ended(commands::drop_table{std::move(table), if_exists});
    }

    result<command> clear() {
        std::string table;
        if (!cursor_.take_keyword("table")) return cursor_.unexpected("'table'");
        if (!cursor_.take_name(table)) return cursor_.unexpected("a table");
        if (!cursor_.take_keyword("data")) return cursor_.unexpected("'data'");
        return ended(commands::clear_table{std::move(table)});
    }

    result<command> show() {
        if (cursor_.take_keyword("databases")) return ended(commands::show_databases{});
        if (cursor_.take_keyword("functions")) return ended(commands::show_functions{});
        if (cursor_.take_keyword("tables")) return ended(commands::show_tables{});
        if (cursor_.take_keyword("ingestion")) {
            if (!cursor_.take_keyword("failures")) return cursor_.unexpected("'failures'");
            auto query = translate_operators(cursor_, failures_of(database_), {now_, {}});
            if (!query) return query.error();
            return command(commands::show_ingestion_failures{std::move(*query)});
        }
        if (!cursor_.take_keyword("table")) return cursor_.unexpected("'tables' or 'table'");
        std::string table;
        if (!cursor_.take_name(table)) return cursor_.unexpected("a table");
        if (cursor_.take_keyword("cslschema")) return ended(commands::show_table{std::move(table)});
        if (cursor_.take_keyword("schema")) {
            if (!cursor_.take_keyword("as")) return cursor_.unexpected("'as json'");
            if (!cursor_.take_keyword("json")) return cursor_.unexpected("'json'");
            return ended(commands::show_table{std::move(table), true});
        }
        if (!cursor_.take_keyword("ingestion")) return cursor_.unexpected("'cslschema'");
        auto kind = cursor_.peek().value;
        if (kind != "mappings") cursor_.take();
        if (!cursor_.take_keyword("mappings")) return cursor_.unexpected("'mappings'");
        return ended(commands::show_mappings{std::move(table)});
    }

    result<command> ended(command out) {
        cursor_.take_symbol(";");
        if (!cursor_.at_end()) return cursor_.unexpected("the end");
        return out;
    }

    const std::string& database_;
    token_cursor& cursor_;
    wall_time now_;
};

}  // namespace

result<command> parse_command(const std::string& database, std::string_view text, wall_time now) {
    auto tokens = tokenize(text);
    if (!tokens) return tokens.error();
    token_cursor cursor(text, std::move(*tokens));
    return command_reader(database, cursor, now).run();
}

}  // namespace kustodrop::emulator
