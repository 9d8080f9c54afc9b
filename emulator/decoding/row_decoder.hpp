#pragma once

#include "base/result.hpp"
#include "emulator/schema/cells.hpp"
#include "emulator/schema/row_format.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

namespace kustodrop::emulator {

/// One row of the target table, its cells in the order of the columns.
using row_handler = std::function<void(const std::vector<cell>& row)>;

/// Turns the uncompressed bytes of a blob into rows of a table. Bounded in
/// memory by the largest record. Failures carry the codes of docs/protocol.md §9.
class row_decoder {
public:
    virtual ~row_decoder() = default;

    virtual result<> feed(std::string_view bytes) = 0;

    /// The end: what was begun is completed, and a blob without a record is refused.
    virtual result<> finish() = 0;

    virtual std::uint64_t rows() const = 0;
    virtual std::uint64_t dropped() const { return 0; }  ///< Malformed lines passed over.
};

/// The decoder for a format. The table must outlive it. Formats of bytes (avro,
/// parquet, orc, …) are one opaque row of nothing.
std::unique_ptr<row_decoder> make_row_decoder(
    const row_format& format, const table_schema& table, row_handler handle
);

}  // namespace kustodrop::emulator
