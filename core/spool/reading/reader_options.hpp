#pragma once

#include "spool/folder/descriptor.hpp"
#include "spool/reading/data_scan.hpp"
#include "spool/reading/gzip.hpp"
#include "spool/reading/records/record_count.hpp"
#include "spool/reading/rows/row_writer.hpp"
#include "spool/reading/segment_encoder.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kustodrop::spool {

struct reader_options {
    int root_fd = -1;  // The watch's folder: drop_folder::descriptor_of_root().
    compression how = compression::fast;
    bool compressible = true;  // False for binary formats: sent as they are.
    std::uint64_t max_raw_bytes = UINT64_MAX;

    /// What is data in these files: a source without any fails with "empty_file". A header is
    /// looked for only where the first slice begins with its file. Unset: everything is sent.
    std::optional<data_rules> data = {};

    /// How records are counted as they pass. Unset: they are not, as in what is compressed already
    /// or is compressed on several threads. A header is one only at the start of a file.
    std::optional<record_count_rules> counted = {};

    /// Puts a newline after a slice that does not end in one, unless it is the last, so that the
    /// records of coalesced text files do not run into each other.
    bool end_lines = false;

    /// A file that has only grown beyond the slice is not "changed": the slice's own bytes are
    /// read, and grown() reports it. What was added is a new slice's business.
    bool may_grow = false;

    /// The bytes of the slices' files where they are in memory already, by slice; a file whose
    /// place is empty, or missing, is read. Let go of with the last block.
    std::vector<std::shared_ptr<const std::string>> contents = {};

    /// Of slices of followed logs: their files, open, by slice; null where a file is not open. Such
    /// a file may grow, be renamed or be deleted meanwhile: only the checks of a slice say whether
    /// it has the slice's bytes. It is text, and each slice is read as it is. Of a slice that was
    /// spilled (source/place.hpp): the compressed file.
    std::vector<std::shared_ptr<const descriptor>> logs = {};

    /// With `logs`: rows are made of their records, and only these are sent.
    std::optional<row_rules> rows = {};

    compression_gate* gate = nullptr;  // Every thread that compresses passes it.

    /// With more threads than one, a large file alone in its source is compressed on several.
    unsigned threads = 1;
    std::function<void(std::function<void()>)> run = {};  // See segment_options.
};

}  // namespace kustodrop::spool
