#pragma once

#include "base/result.hpp"
#include "spool/reading/compression_kind.hpp"
#include "spool/reading/reader_options.hpp"
#include "spool/reading/slice_files.hpp"
#include "spool/source/source.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace kustodrop::spool {

/// Streams a source's slices, as they are to be stored, in memory bounded by two small buffers, or
/// parallel_memory_bytes(). Blocking; not shared between threads at one time.
///
/// The first bytes decide what is stored, not the names: gzip and zip are sent as they are,
/// everything else is compressed. Compressed files and binary formats are never sent in part: of
/// a slice of one, all of its file is read.
///
/// Failures of next(): "file_changed" and "file_vanished" (retry: claim or settle again),
/// "read_error" (retry), "not_a_file", "too_large", "broken_gzip", "unreadable",
/// "gzip_bomb",
/// "unsupported_compression", "empty_file" (give_up), "file_unreadable" (reconfigure). Of
/// "broken_gzip" and "unreadable" (zip) the remedy is retry if the file just ends too early.
class source_reader {
public:
    struct block {
        std::size_t bytes = 0;
        bool last = false;
    };

    /// Prepares to read. The files are opened one after the other by next().
    static std::unique_ptr<source_reader> open(const source& what, reader_options options);
    ~source_reader();

    /// Fills `buffer` completely unless the stream ends in it. After a block that is last, or a
    /// failure, nothing more may be asked.
    result<block> next(std::span<char> buffer);

    /// Whether all of it is in memory, and no more than that: next() waits for no file then.
    bool is_in_memory(std::uint64_t most_bytes) const;

    /// Another number than before: it gets on. From any thread, while next() is at work.
    std::uint64_t progress() const;

    /// Read so far, uncompressed; complete after the last block.
    std::uint64_t raw_bytes() const;

    /// What rows were made so far; complete after the last block.
    const row_counts& rows() const;

    /// After the last block: how many records were read, or rows were made; nothing: not counted.
    std::optional<std::uint64_t> records() const;

    /// Returned so far.
    std::uint64_t stored_bytes() const;

    /// What the returned bytes are, known after the first block: the blob's name must say so.
    stored_as form() const;

    /// Whether the file was compressed by another program, so that its own bytes are returned.
    bool passes_on() const;

    /// The slice that was read instead of the only one, for its file cannot be sent in part.
    const std::optional<slice>& whole() const;

    /// The index of the slice that is being read, or was when next() failed; that behind the last:
    /// none.
    std::size_t at() const;

    /// With may_grow: the first file that was found longer than its slice's identity.
    const std::optional<changed_file>& grown() const;

private:
    struct state;
    explicit source_reader(std::unique_ptr<state> state);
    std::unique_ptr<state> state_;
};

}  // namespace kustodrop::spool
