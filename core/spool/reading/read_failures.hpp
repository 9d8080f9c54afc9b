#pragma once

#include "base/result.hpp"
#include "spool/reading/compression_kind.hpp"
#include "spool/source/source.hpp"

#include <cstdint>
#include <string_view>

namespace kustodrop::spool {

// What can go wrong while a slice is read, as source_reader reports it. Pure.

/// By the errno of the opening: "file_vanished", "not_a_file", "file_unreadable", "read_error".
failure cannot_open(const slice& what, int error);

failure not_regular(const slice& what);
failure changed_while_read(const slice& what, const file_identity& now);

/// Nothing came although the file is as long as it was.
failure ended_early(const slice& what);

/// How a file that begins with these bytes is stored: text is compressed unless `text_as` says
/// otherwise; gzip and zip are sent as they are, whatever their names. Fails with
/// "unsupported_compression" for what the service would ingest as rows of compressed bytes and
/// report as a success.
result<stored_as> form_of(const slice& what, std::string_view first_bytes, stored_as text_as);

/// "unsupported_compression" if these are the first bytes within a gzip file, for it holds an
/// archive or is compressed twice.
result<void> check_inside(const slice& what, std::string_view first_bytes);

/// The same if these are the first bytes of a file that follows text in its blob.
result<void> check_among_others(const slice& what, std::string_view first_bytes);

/// The slices hold nothing that the service would ingest.
failure holds_no_data(const slice& first);

failure exceeds_limit(std::uint64_t bytes, std::uint64_t limit);

/// A failure that says which file it is about.
failure named(failure problem, const slice& what);

}  // namespace kustodrop::spool
