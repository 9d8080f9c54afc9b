#pragma once

#include <string>
#include <string_view>

namespace kustodrop::kusto {

/// Text of another program, without what may be secret in it: the queries of URLs, and the values
/// of sig=, AccountKey= and the like wherever they stand. Printable, one line, at most `longest`
/// bytes.
std::string redacted(std::string_view given, std::size_t longest);

/// A code that a service gave, as it is shown: the same, at most 64 bytes.
std::string redacted_code(std::string_view given);

}  // namespace kustodrop::kusto
