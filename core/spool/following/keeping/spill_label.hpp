#pragma once

#include "spool/source/source.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace kustodrop::spool {

/// A head of a gzip file that says which range of which log is in it, for one who finds the file
/// without a journal; other programs skip that (RFC 1952, FEXTRA). Pure.
std::string labelled_gzip_head(const slice& range);

/// The range, of the first bytes of such a file: its name, place, log and file. Nothing: it has no
/// label. Pure.
std::optional<slice> labelled_range(std::string_view first_bytes);

/// The longest that such a head may be.
inline constexpr std::size_t most_head_bytes = 8192;

}  // namespace kustodrop::spool
