#pragma once

#include "async/awaitable.hpp"
#include "base/random.hpp"
#include "http/transport.hpp"

#include <optional>
#include <string>

namespace kustodrop::azure {

/// What distinguishes one row of a table from another.
struct row_key {
    std::string partition;
    std::string row;
};

/// Rows of Azure tables by SAS (docs/protocol.md §8.3). Every URL is the table's, with its SAS.
class table_client {
public:
    table_client(http::transport& transport, random_generator& random)
        : transport_(transport), random_(random) {}

    /// Adds a row, a JSON object with its PartitionKey and RowKey; one that is there already is
    /// left as it is and counts as done.
    asio::awaitable<result<void>> insert(http::url table, std::string entity);

    /// The row as a JSON object; nothing if there is none.
    asio::awaitable<result<std::optional<std::string>>> get(http::url table, row_key key);

private:
    http::request prepared(http::verb method, http::url target, std::string operation);

    http::transport& transport_;
    random_generator& random_;
};

}  // namespace kustodrop::azure
