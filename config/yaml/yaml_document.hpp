#pragma once

#include "config/yaml/problem.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::config {

/// Where something stands in a file, both from 1, columns in bytes.
struct place {
    int line = 1;
    int column = 1;
};

enum class node_kind { null, scalar, list, map };

/// A piece of a YAML document with its aliases filled in. Knows nothing of what it means.
struct node {
    struct entry;

    node_kind kind = node_kind::null;
    place at;                    // Of a value that is missing: its key's.
    std::string text;            // Of a scalar, plain or quoted.
    std::vector<node> items;     // Of a list.
    std::vector<entry> entries;  // Of a map, in order; a key may be there twice.
};

struct node::entry {
    std::string key;
    place key_at;
    node value;
};

/// What is too much for a configuration.
struct yaml_limits {
    std::size_t bytes = 1 << 20;
    std::size_t depth = 32;
    std::size_t nodes = 20'000;            // After aliases are filled in.
    std::size_t expanded_bytes = 4 << 20;  // Likewise.
};

struct yaml_document {
    node root;
    std::vector<problem> problems;  // When there is one, root is empty.
};

/// Reads one YAML (or JSON) document. Everything that is not valid is a problem with its
/// place, and no message repeats what the document says.
yaml_document parse_yaml(
    std::string_view text, const std::string& file_name, const yaml_limits& = {}
);

}  // namespace kustodrop::config
