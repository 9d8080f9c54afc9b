#pragma once

#include "spool/folder/open_folders.hpp"
#include "spool/reading/data_scan.hpp"
#include "spool/source/source.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kustodrop::spool {

struct inspection_options {
    std::optional<char> separator = {};  // Of formats with quotes.
    bool drops_first_record = false;     // The first record of every file is a header.
    std::uint64_t keep_bytes = 0;        // Of a file that is no longer than this, all are returned.
    bool json = false;                   // Only files of one object a line may be joined.
    data_rules data = {};                // A file without data is not joined.
};

/// What a small file's bytes say of joining it with others.
struct inspection {
    std::string alone_because = {};  // Why it must not be joined; empty: it may.
    std::uint64_t head_bytes = 0;    // Left out unless it comes first: a byte order mark, a header.
    std::string content = {};        // Of one that may be joined: all its bytes, or nothing.
    std::uint64_t fields = 0;        // Of the first record, where the format has a separator and
                                     // it is certain; only files of equally many are joined.
};

/// Reads a claimed file to see whether another one's bytes may follow its own. `through` is of the
/// watch's folder. Blocking; costs one reading of it, of which the shipper's own finds the pages in
/// memory. The service drops the lines of a blob that it cannot read and reports success: what is
/// not one whole record a line travels alone, so that its own failure shows.
inspection inspect(const slice& file, open_folders& through, const inspection_options& options);

/// The same of a file whose bytes are at hand. Pure; `content` is left empty.
inspection inspect(std::string_view whole, const inspection_options& options);

}  // namespace kustodrop::spool
