#pragma once

#include <cstddef>
#include <string_view>

namespace kustodrop::spool {

/// So many of a file's first bytes are enough for evident_content().
inline constexpr std::size_t content_head_bytes = 512;

/// What a file's first bytes show beyond doubt that no text format is, and what to do about it, as
/// it follows "it is ": a document, a page, an encoding that the service does not read, something
/// encrypted, a format with a schema. Empty: it may be text. Compressed files are not looked into.
/// Pure.
std::string_view evident_content(std::string_view first_bytes);

}  // namespace kustodrop::spool
