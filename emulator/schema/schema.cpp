#include "emulator/schema/schema.hpp"

#include "base/text.hpp"

#include <boost/json.hpp>

#include <array>
#include <charconv>
#include <utility>

namespace kustodrop::emulator {

namespace json = boost::json;

static failure invalid(std::string detail) {
    return {.code = service_code("Syntax"), .next = remedy::give_up, .detail = std::move(detail)};
}

std::string_view to_string(column_type type) {
    switch (type) {
    case column_type::string:
        return "string";
    case column_type::int_:
        return "int";
    case column_type::long_:
        return "long";
    case column_type::real:
        return "real";
    case column_type::bool_:
        return "bool";
    case column_type::datetime:
        return "datetime";
    case column_type::dynamic:
        return "dynamic";
    case column_type::guid:
        return "guid";
    case column_type::timespan:
        return "timespan";
    case column_type::decimal:
        return "decimal";
    }
    return "string";
}

std::string_view clr_name(column_type type) {
    switch (type) {
    case column_type::string:
        return "String";
    case column_type::int_:
        return "Int32";
    case column_type::long_:
        return "Int64";
    case column_type::real:
        return "Double";
    case column_type::bool_:
        return "SByte";
    case column_type::datetime:
        return "DateTime";
    case column_type::dynamic:
        return "Object";
    case column_type::guid:
        return "Guid";
    case column_type::timespan:
        return "TimeSpan";
    case column_type::decimal:
        return "SqlDecimal";
    }
    return "String";
}

std::optional<column_type> parse_column_type(std::string_view name) {
    using enum column_type;
    static constexpr std::array<std::pair<std::string_view, column_type>, 22> names{{
        {"string", string},
        {"int", int_},
        {"int32", int_},
        {"long", long_},
        {"int64", long_},
        {"real", real},
        {"double", real},
        {"bool", bool_},
        {"boolean", bool_},
        {"datetime", datetime},
        {"date", datetime},
        {"dynamic", dynamic},
        {"object", dynamic},
        {"guid", guid},
        {"uuid", guid},
        {"uniqueid", guid},
        {"timespan", timespan},
        {"time", timespan},
        {"decimal", decimal},
        {"system.string", string},
        {"system.datetime", datetime},
        {"system.int64", long_},
    }};
    auto wanted = to_lower(name);
    for (auto& [token, type] : names) {
        if (token == wanted) return type;
    }
    return std::nullopt;
}

std::optional<std::size_t> table_schema::index_of(std::string_view column_name) const {
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (columns[i].name == column_name) return i;
    }
    return std::nullopt;
}

std::string table_schema::csl() const {
    std::string out;
    for (auto& column : columns) {
        if (!out.empty()) out += ',';
        out += column.name + ":" + std::string(to_string(column.type));
    }
    return out;
}

static constexpr std::array<std::pair<std::string_view, mapping_kind>, 8> kinds{{
    {"Csv", mapping_kind::csv},
    {"Json", mapping_kind::json},
    {"Avro", mapping_kind::avro},
    {"ApacheAvro", mapping_kind::apacheavro},
    {"Parquet", mapping_kind::parquet},
    {"Orc", mapping_kind::orc},
    {"SStream", mapping_kind::sstream},
    {"W3CLogFile", mapping_kind::w3clogfile},
}};

std::string_view to_string(mapping_kind kind) {
    for (auto& [name, one] : kinds) {
        if (one == kind) return name;
    }
    return "Csv";
}

std::optional<mapping_kind> parse_mapping_kind(std::string_view name) {
    for (auto& [token, kind] : kinds) {
        if (equals_ignoring_case(token, name)) return kind;
    }
    return std::nullopt;
}

std::optional<mapping_kind> kind_of_format(std::string_view format) {
    using enum mapping_kind;
    static constexpr std::array<std::pair<std::string_view, mapping_kind>, 17> formats{{
        {"csv", csv},
        {"tsv", csv},
        {"scsv", csv},
        {"sohsv", csv},
        {"psv", csv},
        {"txt", csv},
        {"tsve", csv},
        {"raw", csv},
        {"json", json},
        {"multijson", json},
        {"singlejson", json},
        {"avro", avro},
        {"apacheavro", apacheavro},
        {"parquet", parquet},
        {"orc", orc},
        {"sstream", sstream},
        {"w3clogfile", w3clogfile},
    }};
    for (auto& [name, kind] : formats) {
        if (name == format) return kind;
    }
    return std::nullopt;
}

// A scalar as the text it stands for; "" for anything else.
static std::string text_of(const json::value& value) {
    if (auto* text = value.if_string()) return std::string(*text);
    if (value.is_number() || value.is_bool()) return json::serialize(value);
    return {};
}

static result<std::size_t> ordinal_of(const json::value& value) {
    auto text = text_of(value);
    std::size_t number = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc() && end == text.data() + text.size()) return number;
    return failure{
        .code = service_code("BadRequest_InvalidMapping"),
        .next = remedy::give_up,
        .detail = "The ordinal '" + text + "' of the mapping is not a number."};
}

static result<> read_member(std::string_view key, const json::value& value, mapping_column& out) {
    auto name = to_lower(key);
    if (value.is_null()) return {};
    if (name == "column" || name == "name" || name == "columnname") {
        out.column = text_of(value);
    } else if (name == "path" || name == "field") {
        out.path = text_of(value);
    } else if (name == "constvalue" || name == "constantvalue") {
        out.constant = text_of(value);
    } else if (name == "transform" || name == "transformationmethod") {
        out.transform = text_of(value) == "None" ? "" : text_of(value);
    } else if (name == "ordinal") {
        auto number = ordinal_of(value);
        if (!number) return number.error();
        out.ordinal = *number;
    }
    return {};
}

static failure bad_mapping(std::string detail) {
    return {
        .code = service_code("BadRequest_InvalidMapping"),
        .next = remedy::give_up,
        .detail = std::move(detail)};
}

static result<mapping_column> read_element(const json::value& element) {
    auto* object = element.if_object();
    if (!object) return bad_mapping("An element of the mapping is not an object.");
    mapping_column out;
    for (auto& [key, value] : *object) {
        if (auto* inner = value.if_object()) {
            for (auto& [name, property] : *inner) {
                if (auto done = read_member(name, property, out); !done) return done.error();
            }
            continue;
        }
        if (auto done = read_member(key, value, out); !done) return done.error();
    }
    if (out.column.empty()) return bad_mapping("An element of the mapping names no column.");
    return out;
}

result<std::vector<mapping_column>> parse_mapping_columns(std::string_view text) {
    json::error_code error;
    auto parsed = json::parse({text.data(), text.size()}, error);
    if (error) return bad_mapping("The mapping is not JSON: " + error.message() + ".");
    auto* elements = parsed.if_array();
    if (!elements) return bad_mapping("The mapping is not a JSON array.");
    std::vector<mapping_column> out;
    for (auto& element : *elements) {
        auto column = read_element(element);
        if (!column) return column.error();
        out.push_back(std::move(*column));
    }
    if (out.empty()) return bad_mapping("The mapping has no columns.");
    return out;
}

result<std::vector<column>> parse_columns(token_cursor& cursor) {
    std::vector<column> out;
    if (!cursor.take_symbol("(")) return cursor.unexpected("'('");
    if (cursor.take_symbol(")")) return out;
    do {
        column one;
        if (!cursor.take_name(one.name)) return cursor.unexpected("a column name");
        if (!cursor.take_symbol(":")) return cursor.unexpected("':'");
        auto token = cursor.take();
        auto type = parse_column_type(token.value);
        if (!type) return invalid("'" + token.value + "' is not a column type");
        one.type = *type;
        for (auto& other : out) {
            if (other.name == one.name) return invalid("column '" + one.name + "' stands twice");
        }
        out.push_back(std::move(one));
    } while (cursor.take_symbol(","));
    if (!cursor.take_symbol(")")) return cursor.unexpected("')'");
    return out;
}

result<table_schema> parse_table_declaration(std::string_view text) {
    auto tokens = tokenize(text);
    if (!tokens) return tokens.error();
    token_cursor cursor(text, std::move(*tokens));
    table_schema out;
    if (!cursor.take_name(out.database)) return cursor.unexpected("a database name");
    if (!cursor.take_symbol(".")) return cursor.unexpected("'.'");
    if (!cursor.take_name(out.name)) return cursor.unexpected("a table name");
    auto columns = parse_columns(cursor);
    if (!columns) return columns.error();
    if (!cursor.at_end()) return cursor.unexpected("the end");
    if (columns->empty()) return invalid("a table needs at least one column");
    out.columns = std::move(*columns);
    return out;
}

result<mapping> parse_mapping_declaration(std::string_view text) {
    auto equals = text.find('=');
    if (equals == text.npos) return invalid("'=' and the mapping expected after the name");
    auto head = text.substr(0, equals);
    auto tokens = tokenize(head);
    if (!tokens) return tokens.error();
    token_cursor cursor(head, std::move(*tokens));
    mapping out;
    if (!cursor.take_name(out.database)) return cursor.unexpected("a database name");
    if (!cursor.take_symbol(".")) return cursor.unexpected("'.'");
    if (!cursor.take_name(out.table)) return cursor.unexpected("a table name");
    if (!cursor.take_symbol(".")) return cursor.unexpected("'.'");
    if (!cursor.take_name(out.name)) return cursor.unexpected("a mapping name");
    if (!cursor.take_symbol("(")) return cursor.unexpected("'('");
    auto kind = parse_mapping_kind(cursor.take().value);
    if (!kind) return invalid("the kind of mapping must be Csv, Json, Avro, Parquet, Orc, …");
    if (!cursor.take_symbol(")") || !cursor.at_end()) return cursor.unexpected("')='");
    out.kind = *kind;
    out.text = trimmed(text.substr(equals + 1));
    auto columns = parse_mapping_columns(out.text);
    if (!columns) return columns.error();
    out.columns = std::move(*columns);
    return out;
}

}  // namespace kustodrop::emulator
