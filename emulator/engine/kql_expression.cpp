#include "emulator/engine/kql_expression.hpp"

#include "base/text.hpp"
#include "emulator/engine/kql_calls.hpp"
#include "emulator/engine/kql_functions.hpp"
#include "emulator/engine/kql_times.hpp"
#include "emulator/schema/cells.hpp"
#include "sqlite/quoting.hpp"

#include <array>
#include <optional>
#include <utility>

namespace kustodrop::emulator {

using enum column_type;

namespace {

using expression = result<sql_expression>;

class reader {
public:
    reader(token_cursor& cursor, const sql_scope& scope) : cursor_(cursor), scope_(scope) {}

    expression any() {
        // Every level of nesting is a level of recursion.
        static constexpr int max_depth = 100;
        if (++depth_ > max_depth) return semantic_failure("the expression is nested too deeply");
        auto out = joined("or", &reader::both);
        --depth_;
        return out;
    }

private:
    using level = expression (reader::*)();

    expression both() { return joined("and", &reader::comparison); }

    expression joined(std::string_view name, level below) {
        auto left = (this->*below)();
        if (!left) return left;
        while (cursor_.take_keyword(name)) {
            auto right = (this->*below)();
            if (!right) return right;
            left->sql = "(" + left->sql + (name == "or" ? " OR " : " AND ") + right->sql + ")";
            left->type = bool_;
            left->name.clear();
        }
        return left;
    }

    expression comparison() {
        auto left = sum();
        if (!left) return left;
        bool negated = cursor_.peek().value == "!" && cursor_.peek(1).type == token::kind::name;
        auto& name = cursor_.peek(negated ? 1 : 0);
        if (name.type == token::kind::name) return named_operator(std::move(*left), negated);
        return symbol_operator(std::move(*left));
    }

    expression symbol_operator(sql_expression left) {
        static constexpr std::array<std::pair<std::string_view, std::string_view>, 6> operators{
            {{"==", "IS"}, {"!=", "IS NOT"}, {"<=", "<="}, {">=", ">="}, {"<", "<"}, {">", ">"}}};
        for (auto& [symbol, sql] : operators) {
            if (!cursor_.take_symbol(symbol)) continue;
            auto right = sum();
            if (!right) return right;
            coerce(left, *right);
            coerce(*right, left);
            if (auto done = make_comparable(left, *right); !done) return done.error();
            return yes_or_no("(" + left.sql + " " + std::string(sql) + " " + right->sql + ")");
        }
        for (auto& [symbol, sql] : {std::pair("=~", " = "), std::pair("!~", " <> ")}) {
            if (!cursor_.take_symbol(symbol)) continue;
            auto right = sum();
            if (!right) return right;
            return yes_or_no("(lower(" + left.sql + ")" + sql + "lower(" + right->sql + "))");
        }
        return left;
    }

    static sql_expression yes_or_no(std::string sql) { return {std::move(sql), bool_, "", false}; }

    // Beside a column of another type, a literal text or a JSON value is read as that type.
    static void coerce(const sql_expression& typed, sql_expression& literal) {
        if (literal.type != column_type::string || !literal.sql.starts_with('\'')) return;
        if (typed.type != datetime && typed.type != guid) return;
        auto inside = literal.sql.substr(1, literal.sql.size() - 2);
        if (typed.type == guid) {
            literal.sql = sqlite::quoted_text(to_lower(inside));
        } else if (auto time = normalized_datetime(inside)) {
            literal.sql = sqlite::quoted_text(*time);
        }
    }

    expression named_operator(sql_expression left, bool negated) {
        auto name = cursor_.peek(negated ? 1 : 0).value;
        auto form = named_operator_sql(name);
        bool list = name == "in";
        bool range = name == "between";
        if (form.empty() && !list && !range) return left;
        if (negated) cursor_.take();
        cursor_.take();
        expression out = list ? one_of(left) : range ? between(left) : expression(left);
        if (!list && !range) {
            auto right = sum();
            if (!right) return right;
            out = yes_or_no(filled(form, {left, *right}));
        }
        if (out && negated) out->sql = "(NOT " + out->sql + ")";
        return out;
    }

    expression one_of(const sql_expression& left) {
        auto values = arguments();
        if (!values) return values.error();
        std::string list;
        for (auto& value : *values) {
            coerce(left, value);
            list += (list.empty() ? "" : ", ") + value.sql;
        }
        return yes_or_no("(" + left.sql + " IN (" + list + "))");
    }

    expression between(sql_expression left) {
        if (!cursor_.take_symbol("(")) return cursor_.unexpected("'('");
        auto low = sum();
        if (!low) return low;
        if (!cursor_.take_symbol("..")) return cursor_.unexpected("'..'");
        auto high = sum();
        if (!high) return high;
        if (!cursor_.take_symbol(")")) return cursor_.unexpected("')'");
        coerce(left, *low);
        coerce(left, *high);
        auto again = left;
        if (auto done = make_comparable(left, *low); !done) return done.error();
        if (auto done = make_comparable(again, *high); !done) return done.error();
        return yes_or_no("(" + left.sql + " BETWEEN " + low->sql + " AND " + high->sql + ")");
    }

    expression sum() { return arithmetic("+", "-", &reader::product); }
    expression product() { return arithmetic("*", "/", &reader::value); }

    expression arithmetic(std::string_view first, std::string_view second, level below) {
        auto left = (this->*below)();
        while (left) {
            auto symbol = cursor_.take_symbol(first)    ? first
                          : cursor_.take_symbol(second) ? second
                                                        : std::string_view();
            if (symbol.empty()) break;
            auto right = (this->*below)();
            if (!right) return right;
            if (is_of_time(left->type) || is_of_time(right->type)) {
                left = time_arithmetic(symbol, *left, *right);
                continue;
            }
            bool fraction = left->type == real || right->type == real;
            left->sql = "(" + left->sql + " " + std::string(symbol) + " " + right->sql + ")";
            left->type = fraction ? real : long_;
            left->aggregates = left->aggregates || right->aggregates;
            left->name.clear();
        }
        return left;
    }

    expression value() {
        if (cursor_.take_symbol("-")) {
            auto inner = value();
            if (!inner) return inner;
            if (inner->type == timespan) {
                inner = from_ticks("(-" + ticks_sql(*inner) + ")", timespan);
            } else {
                inner->sql = "(-" + inner->sql + ")";
            }
            return inner;
        }
        if (cursor_.take_symbol("(")) {
            auto inner = any();
            if (inner && !cursor_.take_symbol(")")) return cursor_.unexpected("')'");
            return inner;
        }
        std::string text;
        if (cursor_.take_text(text))
            return sql_expression{sqlite::quoted_text(text), column_type::string, "", false};
        auto& next = cursor_.peek();
        if (next.type == token::kind::number) {
            bool whole = next.value.find_first_of(".eE") == std::string::npos;
            return sql_expression{cursor_.take().value, whole ? long_ : real, "", false};
        }
        if (next.type == token::kind::timespan) {
            auto span = normalized_timespan(cursor_.take().value);
            if (!span) return semantic_failure("'" + next.value + "' is not a timespan");
            return sql_expression{sqlite::quoted_text(*span), timespan, "", false};
        }
        bool call = next.type == token::kind::name && cursor_.peek(1).value == "(";
        return call ? function() : named();
    }

    expression named() {
        std::string name;
        if (!cursor_.take_name(name)) return cursor_.unexpected("an expression");
        if (name == "true" || name == "false") return yes_or_no(name == "true" ? "1" : "0");
        for (std::size_t i = 0; i < scope_.columns.size(); ++i) {
            if (scope_.columns[i].name != name) continue;
            sql_expression out{scope_.columns_sql[i], scope_.columns[i].type, name, false};
            return out.type == dynamic ? member_of(std::move(out)) : expression(std::move(out));
        }
        for (auto& [known, value] : scope_.constants) {
            if (known == name) return value;
        }
        return semantic_failure(
            "'" + name + "' operator: Failed to resolve column or scalar expression named '" +
            name + "'"
        );
    }

    // props.a['b c'][0], all in one JSON path.
    expression member_of(sql_expression whole) {
        std::string path = "$";
        for (;;) {
            std::string name;
            if (cursor_.take_symbol(".")) {
                if (!cursor_.take_name(name)) return cursor_.unexpected("a property");
            } else if (cursor_.take_symbol("[")) {
                auto inside = cursor_.take();
                if (!cursor_.take_symbol("]")) return cursor_.unexpected("']'");
                if (inside.type == token::kind::number) {
                    path += "[" + inside.value + "]";
                    continue;
                }
                name = inside.value;
            } else {
                break;
            }
            if (name.find('"') != name.npos)
                return semantic_failure("a property may not contain '\"'");
            path += ".\"" + name + "\"";
            whole.name += "_" + name;
        }
        if (path != "$")
            whole.sql = "json_extract(" + whole.sql + ", " + sqlite::quoted_text(path) + ")";
        return whole;
    }

    result<std::vector<sql_expression>> arguments() {
        std::vector<sql_expression> out;
        if (!cursor_.take_symbol("(")) return cursor_.unexpected("'('");
        if (cursor_.take_symbol(")")) return out;
        do {
            auto one = any();
            if (!one) return one.error();
            out.push_back(std::move(*one));
        } while (cursor_.take_symbol(","));
        if (!cursor_.take_symbol(")")) return cursor_.unexpected("')'");
        return out;
    }

    expression function() {
        auto name = cursor_.peek().value;
        if (name == "datetime") return datetime_literal();
        cursor_.take();
        auto values = arguments();
        if (!values) return values.error();
        return call(name, *values, scope_.now);
    }

    // What stands within datetime(…) is not of this language.
    expression datetime_literal() {
        cursor_.take();
        auto from = cursor_.rest();
        auto close = from.find(')');
        if (close == from.npos) return cursor_.unexpected("')'");
        auto inside = from.substr(1, close - 1);
        while (!cursor_.at_end() && !cursor_.take_symbol(")")) cursor_.take();
        auto bare = inside.find_first_of("'\"") == 0 && inside.size() > 1
                        ? inside.substr(1, inside.size() - 2)
                        : inside;
        auto time = normalized_datetime(bare);
        if (!time) return semantic_failure("'" + std::string(inside) + "' is not a datetime");
        return sql_expression{sqlite::quoted_text(*time), datetime, "", false};
    }

    token_cursor& cursor_;
    const sql_scope& scope_;
    int depth_ = 0;
};

}  // namespace

result<sql_expression> read_expression(token_cursor& cursor, const sql_scope& scope) {
    return reader(cursor, scope).any();
}

}  // namespace kustodrop::emulator
