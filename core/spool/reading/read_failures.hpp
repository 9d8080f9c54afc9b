#pragma once

#include "base/result.hpp"
#include "spool/source/source.hpp"

namespace kustodrop::spool {

// What can go wrong while a slice is read, as source_reader tells it. Pure.

/// By the errno of the opening: "file_vanished", "not_a_file", "file_unreadable", "read_error".
failure cannot_open(const slice& what, int error);

failure not_regular(const slice& what);
failure changed_while_read(const slice& what, const file_identity& now);

/// Nothing came although the file is as long as it was.
failure ended_early(const slice& what);

}  // namespace kustodrop::spool
