#pragma once

#include "base/result.hpp"
#include "spool/journal/files/journal_notes.hpp"
#include "spool/journal/journal_store.hpp"

#include <memory>
#include <string>

namespace kustodrop::spool {

/// An open database whose file was removed is whole, but gone with its last user: it is written
/// back to `path` and opened again. Where another file took its place, "journal_io" says so, and
/// that file is left alone. Nothing is done where the file is in its place. Blocking.
result<void> keep_in_place(
    std::unique_ptr<journal_store>& store,
    const std::string& path,
    store_access how,
    journal_notes& notes
);

}  // namespace kustodrop::spool
