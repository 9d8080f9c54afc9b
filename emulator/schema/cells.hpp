#pragma once

#include "emulator/schema/schema.hpp"

#include <boost/json/fwd.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace kustodrop::emulator {

/// One value of a row, as it is stored. Times, spans, GUIDs, decimals and dynamics are text in one
/// canonical form.
using cell = std::variant<std::monostate, std::int64_t, double, std::string>;

/// The value of a column that is absent from a record: null, but "" in a string, which has no null.
cell empty_cell(column_type type);

/// The value of a field as `type`; null if it is not one (docs/protocol.md §9, silent losses).
cell cell_from_text(std::string_view text, column_type type);
cell cell_from_json(const boost::json::value& value, column_type type);

/// "2026-08-22T10:00:00.1234567Z" from ISO 8601 with or without a zone, or from an HTTP date.
std::optional<std::string> normalized_datetime(std::string_view text);

/// "[d.]hh:mm:ss[.fffffff]" from that, or from "5m", "1.5h", "2d", "30s", "100ms".
std::optional<std::string> normalized_timespan(std::string_view text);

/// Times and spans in ticks of 100 ns: since the year 1, and as they are. None: it is not one.
std::optional<std::int64_t> datetime_ticks(std::string_view text);
std::optional<std::int64_t> timespan_ticks(std::string_view text);

/// The canonical form of so many ticks. A time before the year 1 or after 9999 has none.
std::optional<std::string> datetime_of_ticks(std::int64_t ticks);
std::string timespan_of_ticks(std::int64_t ticks);

}  // namespace kustodrop::emulator
