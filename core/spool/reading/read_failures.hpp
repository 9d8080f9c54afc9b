#pragma once

#include "base/result.hpp"
#include "spool/reading/reader_options.hpp"
#include "spool/source/source.hpp"

#include <string_view>

namespace kustodrop::spool {

// What can go wrong while a slice is read, as source_reader reports it. Pure.

/// By the errno of the opening: "file_vanished", "not_a_file", "file_unreadable", "read_error".
failure cannot_open(const slice& what, int error);

failure not_regular(const slice& what);
failure changed_while_read(const slice& what, const file_identity& now);

/// Nothing came although the file is as long as it was.
failure ended_early(const slice& what);

/// "unsupported_compression" if these bytes, at the beginning of the slice, are the beginning of a
/// file of text that another program has compressed: it would be compressed once more and ingested
/// as rows of compressed bytes, which the service reports as a success.
result<void> check_start(
    const slice& what, const reader_options& options, std::string_view first_bytes
);

}  // namespace kustodrop::spool
