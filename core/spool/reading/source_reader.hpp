#pragma once

#include "base/result.hpp"
#include "spool/reading/reader_options.hpp"
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
/// Failures of next(): "file_changed" and "file_vanished" (retry: claim or settle again),
/// "read_error" (retry), "not_a_file", "too_large", "broken_gzip", "gzip_bomb",
/// "unsupported_compression" (give_up),
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
