#pragma once

#include "base/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop {

/// `text` as it may stand in a log or on a terminal: valid UTF-8, with control characters, those
/// that turn the direction of writing, and bad bytes written as \xNN, so that a file name cannot
/// forge a line or move a cursor.
std::string printable(std::string_view text);

/// `text` as the inside of a JSON string, without the quotes. Bad UTF-8 becomes \xNN first; what
/// a terminal would obey is written as \uNNNN.
std::string json_escape(std::string_view text);
void append_json_escape(std::string& to, std::string_view text);

bool is_valid_utf8(std::string_view text);

/// Everything but A-Z a-z 0-9 - . _ ~ as %XX (RFC 3986 unreserved).
std::string percent_encode(std::string_view text);

/// Nothing if a % is not followed by two hexadecimal digits. A + stays a +.
std::optional<std::string> percent_decode(std::string_view text);

std::string to_lower(std::string_view text);
bool equals_ignoring_case(std::string_view a, std::string_view b);
std::string_view trimmed(std::string_view text);

/// "said; more", without the full stop that may end what was said. Either may be empty.
std::string and_also(std::string said, std::string_view more);

std::vector<std::string_view> split(std::string_view text, char separator);

/// "2026-08-22T10:00:00.123Z": UTC with milliseconds (docs/protocol.md §7.2).
std::string to_iso8601(wall_time time);

/// Reads ISO 8601 with 0 to 9 fractional digits, with or without T (docs/protocol.md §8.1), in UTC
/// unless it ends with an offset like +02:00; also a bare date, and, before a Z or an offset, a
/// time without seconds. Nothing if it is something else.
std::optional<wall_time> parse_iso8601(std::string_view text);

/// Reads "Mon, 23 Nov 2026 00:24:22 GMT" (RFC 9110 IMF-fixdate).
std::optional<wall_time> parse_http_date(std::string_view text);
std::string to_http_date(wall_time time);

/// "12.3 MiB", "340 B"; "2h 5min", "4.2s": for humans.
std::string human_bytes(std::uint64_t bytes);
std::string human_duration(duration time);

}  // namespace kustodrop
