#pragma once

#include "base/result.hpp"
#include "spool/reading/gzip.hpp"
#include "spool/reading/segment_encoder.hpp"
#include "spool/source/source.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace kustodrop::spool {

struct reader_options {
    int root_fd = -1;  // The watch's folder: drop_folder::descriptor_of_root().
    compression how = compression::fast;
    bool already_compressed = false;  // The files are gzip: sent as they are, counted by inflating.
    bool compressible = true;         // False for binary formats: sent as they are.
    std::uint64_t max_raw_bytes = UINT64_MAX;

    /// Puts a newline after a slice that does not end in one, unless it is the last, so that the
    /// records of coalesced text files do not run into each other.
    bool end_lines = false;

    /// A file that has only grown beyond the slice is not "changed": the slice's own bytes are
    /// read, and grown() tells. What was added is a new slice's business.
    bool may_grow = false;

    /// The bytes of the slices' files where they are in memory already, by slice; a file whose
    /// place is empty, or missing, is read. Let go of with the last block.
    std::vector<std::shared_ptr<const std::string>> contents = {};

    compression_gate* gate = nullptr;  // Passed by whoever compresses.

    /// With more threads than one, a large file alone in its source is compressed on several.
    unsigned threads = 1;
    std::function<void(std::function<void()>)> run = {};  // See segment_options.
};

/// Streams a source's slices, as they are to be stored, in memory bounded by two small buffers, or
/// parallel_memory_bytes(). Blocking; not shared between threads at one time.
///
/// Failures of next(): "file_changed" and "file_vanished" (retry: claim or settle anew),
/// "read_error" (retry), "not_a_file", "too_large", "broken_gzip", "gzip_bomb" (give_up),
/// "file_unreadable" (reconfigure).
class source_reader {
public:
    struct block {
        std::size_t bytes = 0;
        bool last = false;
    };

    /// What a slice's file turned out to be.
    struct changed_file {
        std::size_t slice = 0;  // Index in source::slices.
        file_identity now;
    };

    /// Prepares to read. The files are opened one after the other by next(), so the only failure
    /// is "too_large", known from the slices' lengths.
    static result<std::unique_ptr<source_reader>> open(const source& what, reader_options options);
    ~source_reader();

    /// Fills `buffer` completely unless the stream ends in it. After a block that is last, or a
    /// failure, nothing more may be asked.
    result<block> next(std::span<char> buffer);

    /// Read so far, uncompressed; complete after the last block.
    std::uint64_t raw_bytes() const;

    /// Returned so far.
    std::uint64_t stored_bytes() const;

    /// Whether what it returns is gzip: the blob's name and the message must say so.
    bool compressed() const;

    /// After "file_changed": which slice, and what is there now.
    const std::optional<changed_file>& changed() const;

    /// With may_grow: the first file that was found longer than its slice's identity.
    const std::optional<changed_file>& grown() const;

private:
    struct state;
    explicit source_reader(std::unique_ptr<state> state);
    std::unique_ptr<state> state_;
};

}  // namespace kustodrop::spool
