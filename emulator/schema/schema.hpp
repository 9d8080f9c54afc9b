#pragma once

#include "base/result.hpp"
#include "emulator/schema/kql_tokens.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::emulator {

enum class column_type {
    string,
    int_,
    long_,
    real,
    bool_,
    datetime,
    dynamic,
    guid,
    timespan,
    decimal
};

/// "long"; the name Kusto gives it in a schema.
std::string_view to_string(column_type);
/// "Int64"; the .NET name that stands in a v1 dataset's DataType.
std::string_view clr_name(column_type);
/// Knows Kusto's aliases ("int64", "double", "date"); nothing for any other name.
std::optional<column_type> parse_column_type(std::string_view name);

struct column {
    std::string name;
    column_type type = column_type::string;
    friend bool operator==(const column&, const column&) = default;
};

struct table_schema {
    std::string database;
    std::string name;
    std::vector<column> columns;

    std::optional<std::size_t> index_of(std::string_view column_name) const;
    /// "ts:datetime,level:string", as `.show table cslschema` writes it.
    std::string csl() const;
};

/// The families of formats that a mapping can be for (docs/protocol.md §7.3).
enum class mapping_kind { csv, json, avro, apacheavro, parquet, orc, sstream, w3clogfile };

std::string_view to_string(mapping_kind);
std::optional<mapping_kind> parse_mapping_kind(std::string_view name);  ///< In any case.

/// The kind of mapping a format takes; nothing if no such format exists. Exact, in lower case, as
/// the service compares it (docs/protocol.md §7.2).
std::optional<mapping_kind> kind_of_format(std::string_view format);

/// Where the value of one column comes from.
struct mapping_column {
    std::string column;
    std::optional<std::size_t> ordinal;   // For formats of fields.
    std::string path;                     // For formats of properties: "$.a.b".
    std::optional<std::string> constant;  // ConstValue.
    std::string transform;                // "SourceLocation", "DateTimeFromUnixSeconds", …
};

struct mapping {
    std::string database;
    std::string table;
    std::string name;
    mapping_kind kind = mapping_kind::json;
    std::vector<mapping_column> columns;
    std::string text;  // The JSON it was made from.
};

/// Reads a mapping's JSON in any of the dialects of the clients: member names in any case, paths
/// and ordinals beside the column or inside Properties. Fails with BadRequest_InvalidMapping.
result<std::vector<mapping_column>> parse_mapping_columns(std::string_view json);

/// Reads "(a:string, ['b c']:long)".
result<std::vector<column>> parse_columns(token_cursor& cursor);

/// Reads "Logs.Web(ts:datetime,level:string)".
result<table_schema> parse_table_declaration(std::string_view text);

/// Reads "Logs.Web.WebV1(Json)=[{…}]".
result<mapping> parse_mapping_declaration(std::string_view text);

}  // namespace kustodrop::emulator
