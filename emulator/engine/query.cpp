#include "emulator/engine/query.hpp"

#include "emulator/engine/kql_expression.hpp"
#include "emulator/engine/kql_times.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace kustodrop::emulator {

// Between the operators, column i is called c<i>.
static std::string place(std::size_t index) { return "c" + std::to_string(index); }

namespace {

class translator {
public:
    translator(token_cursor& cursor, sql_query query, const query_surroundings& around)
        : cursor_(cursor), query_(std::move(query)), around_(around) {}

    result<sql_query> run() {
        while (cursor_.take_symbol("|")) {
            if (auto done = one(); !done) return done.error();
        }
        cursor_.take_symbol(";");
        if (!cursor_.at_end()) return cursor_.unexpected("'|' or the end");
        return std::move(query_);
    }

    /// A list of expressions becomes the columns.
    result<> project() {
        auto columns = named_list();
        if (!columns) return columns.error();
        select(*columns, "");
        return {};
    }

private:
    result<> one() {
        auto name = cursor_.take().value;
        if (cursor_.peek().value == "-" && name == "project") {
            cursor_.take();
            name += "-" + cursor_.take().value;
        }
        if (name == "where" || name == "filter") return where();
        if (name == "project") return project();
        if (name == "project-away") return project_away();
        if (name == "extend") return extend();
        if (name == "distinct") return distinct();
        if (name == "count") return count();
        if (name == "take" || name == "limit") return take();
        if (name == "sort" || name == "order") return sort();
        if (name == "top") return top();
        if (name == "summarize") return summarize();
        return semantic_failure("The operator '" + name + "' is not known here");
    }

    sql_scope scope() const {
        sql_scope out;
        out.columns = query_.columns;
        out.now = around_.now;
        out.constants = around_.constants;
        for (std::size_t i = 0; i < out.columns.size(); ++i) out.columns_sql.push_back(place(i));
        return out;
    }

    result<sql_expression> expression() {
        auto names = scope();
        return read_expression(cursor_, names);
    }

    // "a, b = x + 1": expressions, each with a name.
    result<std::vector<sql_expression>> named_list() {
        std::vector<sql_expression> out;
        do {
            std::string name;
            bool renamed = cursor_.peek().type == token::kind::name && cursor_.peek(1).value == "=";
            if (renamed) {
                cursor_.take_name(name);
                cursor_.take_symbol("=");
            }
            auto one = expression();
            if (!one) return one.error();
            if (renamed) one->name = name;
            if (one->name.empty()) one->name = "Column" + std::to_string(out.size() + 1);
            out.push_back(std::move(*one));
        } while (cursor_.take_symbol(","));
        return out;
    }

    void select(const std::vector<sql_expression>& columns, const std::string& tail) {
        std::string list;
        std::vector<column> named;
        for (auto& one : columns) {
            list += (list.empty() ? "" : ", ") + one.sql + " AS " + place(named.size());
            named.push_back({one.name, one.type});
        }
        auto from = query_.sql.empty() ? "" : " FROM (" + query_.sql + ")";
        query_.sql = "SELECT " + list + from + tail;
        query_.columns = std::move(named);
    }

    std::vector<sql_expression> all_columns() const {
        std::vector<sql_expression> out;
        for (std::size_t i = 0; i < query_.columns.size(); ++i) {
            out.push_back({place(i), query_.columns[i].type, query_.columns[i].name, false});
        }
        return out;
    }

    result<> where() {
        auto condition = expression();
        if (!condition) return condition.error();
        query_.sql = "SELECT * FROM (" + query_.sql + ") WHERE " + condition->sql;
        return {};
    }

    result<> project_away() {
        auto columns = all_columns();
        do {
            std::string name;
            if (!cursor_.take_name(name)) return cursor_.unexpected("a column");
            auto removed = std::erase_if(columns, [&](auto& one) { return one.name == name; });
            if (removed == 0)
                return semantic_failure("project-away: no column is named '" + name + "'");
        } while (cursor_.take_symbol(","));
        if (columns.empty()) return semantic_failure("project-away: no column is left");
        select(columns, "");
        return {};
    }

    result<> extend() {
        auto added = named_list();
        if (!added) return added.error();
        auto columns = all_columns();
        for (auto& one : *added) {
            auto same = std::find_if(columns.begin(), columns.end(), [&](auto& old) {
                return old.name == one.name;
            });
            if (same == columns.end()) {
                columns.push_back(std::move(one));
            } else {
                *same = std::move(one);
            }
        }
        select(columns, "");
        return {};
    }

    result<> distinct() {
        if (!cursor_.take_symbol("*")) {
            if (auto done = project(); !done) return done;
        }
        query_.sql = "SELECT DISTINCT * FROM (" + query_.sql + ")";
        return {};
    }

    result<> count() {
        select({{"count(*)", column_type::long_, "Count", true}}, "");
        return {};
    }

    result<std::string> number() {
        auto name = cursor_.take();
        bool whole = name.type == token::kind::number && name.value.find('.') == name.value.npos;
        if (!whole || name.value.size() > 15) return semantic_failure("a whole number is expected");
        return result<std::string>(boost::system::in_place_value, name.value);
    }

    result<> take() {
        auto rows = number();
        if (!rows) return rows.error();
        query_.sql = "SELECT * FROM (" + query_.sql + ") LIMIT " + *rows;
        return {};
    }

    result<std::string> order() {
        if (!cursor_.take_keyword("by")) return cursor_.unexpected("'by'");
        std::string out;
        do {
            auto key = expression();
            if (!key) return key.error();
            bool ascending = cursor_.take_keyword("asc");
            if (!ascending) cursor_.take_keyword("desc");
            auto by = key->type == column_type::timespan ? ticks_sql(*key) : key->sql;
            out += (out.empty() ? "" : ", ") + by + (ascending ? " ASC" : " DESC");
            bool last = !ascending;
            if (cursor_.take_keyword("nulls")) last = cursor_.take().value == "last";
            out += last ? " NULLS LAST" : " NULLS FIRST";
        } while (cursor_.take_symbol(","));
        return result<std::string>(boost::system::in_place_value, " ORDER BY " + out);
    }

    result<> sort() {
        auto by = order();
        if (!by) return by.error();
        query_.sql = "SELECT * FROM (" + query_.sql + ")" + *by;
        return {};
    }

    result<> top() {
        auto rows = number();
        if (!rows) return rows.error();
        auto by = order();
        if (!by) return by.error();
        query_.sql = "SELECT * FROM (" + query_.sql + ")" + *by + " LIMIT " + *rows;
        return {};
    }

    // "arg_max(a, *) by b, c": of each group the row with the largest a. SQLite takes bare columns
    // from the row that has the maximum.
    result<> latest() {
        if (!cursor_.take_symbol("(")) return cursor_.unexpected("'('");
        auto largest = expression();
        if (!largest) return largest.error();
        bool all = cursor_.take_symbol(",") && cursor_.take_symbol("*") && cursor_.take_symbol(")");
        if (!all) return semantic_failure("only arg_max(COLUMN, *) is known here");
        if (!cursor_.take_keyword("by")) return cursor_.unexpected("'by'");
        auto columns = named_list();
        if (!columns) return columns.error();
        std::string group;
        for (auto& key : *columns) group += (group.empty() ? "" : ", ") + key.sql;
        largest->sql = "max(" + largest->sql + ")";
        columns->push_back(std::move(*largest));
        for (auto& one : all_columns()) {
            auto is_it = [&](auto& known) { return known.name == one.name; };
            if (std::ranges::none_of(*columns, is_it)) columns->push_back(one);
        }
        select(*columns, " GROUP BY " + group);
        return {};
    }

    result<> summarize() {
        if (cursor_.take_keyword("arg_max")) return latest();
        std::vector<sql_expression> values;
        if (!cursor_.take_keyword("by")) {
            auto aggregates = named_list();
            if (!aggregates) return aggregates.error();
            values = std::move(*aggregates);
            for (auto& one : values) {
                if (!one.aggregates)
                    return semantic_failure("summarize: '" + one.name + "' aggregates nothing");
            }
            if (!cursor_.take_keyword("by")) {
                select(values, "");
                return {};
            }
        }
        auto keys = named_list();
        if (!keys) return keys.error();
        std::string group;
        for (auto& key : *keys) group += (group.empty() ? "" : ", ") + key.sql;
        auto columns = std::move(*keys);
        std::move(values.begin(), values.end(), std::back_inserter(columns));
        select(columns, " GROUP BY " + group);
        return {};
    }

    token_cursor& cursor_;
    sql_query query_;
    const query_surroundings& around_;
};

}  // namespace

result<sql_query> translate_operators(
    token_cursor& cursor, sql_query source, const query_surroundings& around
) {
    return translator(cursor, std::move(source), around).run();
}

result<sql_query> translate_print(token_cursor& cursor, const query_surroundings& around) {
    translator values(cursor, {}, around);
    if (auto done = values.project(); !done) return done.error();
    return values.run();
}

}  // namespace kustodrop::emulator
