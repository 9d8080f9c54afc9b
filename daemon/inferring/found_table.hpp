#pragma once

#include "daemon/inferring/value_type.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::daemon {

/// The beginning of a sample file.
struct sample {
    std::string name;
    std::string bytes;
    bool is_cut = false;  // The file is longer.
};

struct inferred_column {
    std::string name;  // One that Kusto takes without quotes.
    value_type type = value_type::text;
    std::string source;      // "0" or "$.name": the ordinal or the path of the mapping.
    std::string given = {};  // What the sample calls it; empty: nothing.
};

/// What samples of one kind say about their table.
struct inference {
    std::string format;
    bool has_header = false;
    std::size_t records = 0;
    std::vector<inferred_column> columns = {};
    std::vector<std::string> notes = {};  // What is unusual, and what cannot be known.
    std::string problem = {};             // Why nothing can be said; empty: something can.
};

/// The commands that create table and mapping, with the notes as comments.
std::string commands_of(
    const inference& found, const std::string& table, const std::string& mapping
);

/// Says what is unusual about the values of a column, and what they do not show.
void note_doubts(
    const inferred_column& column, const seen_values& seen, std::vector<std::string>& notes
);

/// `text` as a value in a flow mapping of YAML: quoted unless it is a plain text without quotes.
std::string yaml_value(std::string_view text);

/// A name for a column, made of what the sample calls it.
std::string column_name(std::string_view given, std::size_t number);

}  // namespace kustodrop::daemon
