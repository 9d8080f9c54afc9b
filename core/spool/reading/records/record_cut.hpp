#pragma once

#include "base/result.hpp"
#include "spool/folder/open_folders.hpp"
#include "spool/folder/writers.hpp"
#include "spool/reading/records/record_scan.hpp"
#include "spool/source/source.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace kustodrop::spool {

/// How the records of a format end.
struct record_form {
    record_syntax syntax = record_syntax::lines;
    char separator = ',';
};

/// What a look into a file shows of which part of it may be shipped.
struct record_cut {
    file_identity identity;    // As found.
    bool is_cuttable = false;  // Text of known records. Anything else is shipped whole.
    bool is_whole = true;      // The slice ends with a record.
    std::uint64_t whole_records =
        0;                           // Bytes from the slice's offset to the end of its last record.
    std::uint64_t length_bytes = 0;  // Bytes from the slice's offset to the end of the file.
    bool continues = true;           // The bytes before the offset are those that were shipped.
    writer_state writers = writer_state::unknown;
};

/// Opens a file for cut_at_record_end(). Fails with file_vanished, not_a_file or read_error.
result<descriptor> open_to_cut(const slice& file, open_folders& through);

/// Finds the last record that ends between a slice's offset and the end of its file. A whole file
/// without a writer is not read at all, and one without a known writer only at its end;
/// any other is read once, for a newline may be quoted. `form`: nothing for formats of which a part
/// is of no use; a compressed file is never cut either. Blocking. Fails with read_error, or
/// file_changed if the file shrinks meanwhile.
result<record_cut> cut_at_record_end(
    int file, const slice& what, const std::optional<record_form>& form, writer_state writers
);

/// All bytes of a small text file that is shipped whole, as it was when the slice was cut. Nothing
/// where it is longer than `longest`, is compressed, or has changed since. Its end_check is not
/// compared: it may be made from what is returned. Blocking.
std::string small_content(int file, const slice& what, std::uint64_t longest);

}  // namespace kustodrop::spool
