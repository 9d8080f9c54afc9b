#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kustodrop::daemon {

/// Takes a byte order mark off; says whether there was one.
bool take_mark(std::string& bytes);

/// Why the bytes, without their byte order mark, cannot be looked into; empty: they can.
std::string obstacle(std::string_view bytes);

/// What separates the fields of csv tsv scsv psv sohsv; nothing for other formats.
std::optional<char> separator_of(std::string_view format);

/// The format of such a separator; empty: none has it.
std::string_view format_of(char separator);

}  // namespace kustodrop::daemon
