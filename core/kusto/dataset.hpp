#pragma once

#include "base/result.hpp"
#include "http/message.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::kusto {

/// A table of a v1 answer; values as text, null as nothing.
struct dataset_table {
    std::string name;
    std::vector<std::string> columns;
    std::vector<std::vector<std::string>> rows;

    /// The column's place by name, without regard to case; `fallback` if no column has it.
    std::size_t column(std::string_view name, std::size_t fallback) const;

    /// A row's value; empty where the row is too short.
    static std::string_view value(const std::vector<std::string>& row, std::size_t column);
};

/// The answer to a management command (docs/protocol.md §3.2).
struct dataset {
    std::vector<dataset_table> tables;
    std::optional<wall_time> served_at = {};  // The server's clock: its Date.

    /// The first table, which is the one that counts; null if there is none.
    const dataset_table* first() const { return tables.empty() ? nullptr : &tables.front(); }
};

/// A name as a command or a query has it, whatever it holds: ['it\'s'].
std::string entity_name(std::string_view name);

/// Reads a 200's body. At most 4 MiB, at most 32 levels deep. A body that carries exceptions is a
/// failure with their text.
result<dataset> parse_dataset(std::string_view body);

/// What an answer that is not 200 means (docs/protocol.md §3.3). `what` names the command and the
/// host.
failure management_failure(const http::response& answer, std::string_view what);

}  // namespace kustodrop::kusto
