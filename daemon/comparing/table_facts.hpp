#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What the service says about a table and its mapping. Pure.
namespace kustodrop::daemon {

struct table_column {
    std::string name;
    std::string type;  // "long", "datetime", …
};

/// How a mapping fills a column.
struct mapped_column {
    std::string column;
    std::string type;                    // What the column is created with; empty: not said.
    std::optional<std::size_t> ordinal;  // Of a field.
    std::string path;                    // Of a value of JSON.
    std::string transform;
    bool is_constant = false;
};

struct table_facts {
    std::vector<table_column> columns;
    std::optional<std::vector<mapped_column>> mapping = {};  // Nothing: by place, or by name.

    const table_column* find(std::string_view name) const;
};

/// The columns in the answer to `.show table T schema as json`; nothing if it is not one.
std::optional<std::vector<table_column>> parse_table_schema(std::string_view json);

/// A mapping as `.show table T ingestion mappings` has it, in any of its spellings: names of
/// members in any case, paths and ordinals beside the column or in Properties.
std::optional<std::vector<mapped_column>> parse_mapping(std::string_view json);

}  // namespace kustodrop::daemon
