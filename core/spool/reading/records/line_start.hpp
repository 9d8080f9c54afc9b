#pragma once

#include <string_view>

namespace kustodrop::spool {

/// Whether a line begins with what a pattern describes, byte for byte: `?` is any byte, `*` any
/// number of them, `#` a decimal digit, `\` takes the next one literally. "####-##-## *" is the
/// start of a line with a date. Looks at 1 KiB of the line at most.
bool line_starts_with(std::string_view pattern, std::string_view line);

}  // namespace kustodrop::spool
