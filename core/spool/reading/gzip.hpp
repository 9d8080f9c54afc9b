#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <semaphore>
#include <span>
#include <string_view>

namespace kustodrop::spool {

enum class compression { fast, dense, none };

struct gzip_codec;

/// Lets only so many threads compress at a time, no matter for which caller.
class compression_gate {
public:
    explicit compression_gate(unsigned threads) : free_(threads) {}

private:
    friend class compression_pass;
    std::counting_semaphore<> free_;
};

/// Leave to compress for as long as it lives; waits for it. Without a gate there is no limit.
class compression_pass {
public:
    explicit compression_pass(compression_gate* gate) : gate_(gate) {
        if (gate_) gate_->free_.acquire();
    }
    ~compression_pass() {
        if (gate_) gate_->free_.release();
    }
    compression_pass(const compression_pass&) = delete;

private:
    compression_gate* gate_;
};

/// Compresses a stream into one gzip member in constant memory. Small pieces are gathered: each
/// call of the library costs as much as some ten KB of input.
class gzip_encoder {
public:
    struct progress {
        std::size_t consumed = 0;  // Of `in`.
        std::size_t produced = 0;  // Into `out`.
        bool finished = false;     // The member is complete.
    };

    /// `how` is fast or dense.
    explicit gzip_encoder(compression how);
    ~gzip_encoder();
    gzip_encoder(gzip_encoder&&) noexcept;
    gzip_encoder& operator=(gzip_encoder&&) noexcept;

    /// Takes from `in` and fills `out` as far as either lasts. `last`: nothing follows `in`; call
    /// again with the rest of it until finished.
    progress step(std::string_view in, std::span<char> out, bool last);

private:
    struct gathered;
    progress encode(std::string_view in, std::span<char> out, bool last);

    std::unique_ptr<gzip_codec> codec_;
    std::unique_ptr<gathered> gathered_;
};

/// Bytes that grow as they must, and keep their room when they are cleared.
class growing_buffer {
public:
    std::string_view view() const { return {bytes_.get(), size_}; }
    void clear() { size_ = 0; }

    /// Room for at least `least` more bytes.
    std::span<char> room(std::size_t least);
    void commit(std::size_t bytes) { size_ += bytes; }

private:
    std::unique_ptr<char[]> bytes_;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

/// Deflates one segment of a stream that is cut into several: it refers to nothing before it, and
/// ends at a byte, so that the next one can follow. No head and no tail.
class segment_deflater {
public:
    /// `last`: the stream ends with this segment. `how` is fast or dense.
    segment_deflater(compression how, bool last);
    ~segment_deflater();

    /// `ends`: nothing of the segment follows `in`.
    void add(std::string_view in, bool ends, growing_buffer& out);

    /// CRC-32 of what was added.
    std::uint32_t crc() const { return crc_; }

private:
    std::unique_ptr<gzip_codec> codec_;
    std::uint32_t crc_ = 0;
    bool last_;
};

struct gzip_limits {
    std::uint64_t max_raw_bytes = UINT64_MAX;
    std::uint64_t ratio = 1000;                    // Raw to compressed…
    std::uint64_t ratio_free_bytes = 64ull << 20;  // …once this much was inflated.
};

/// Counts the raw bytes of a gzip stream of one or more members by inflating it into a scratch
/// buffer. Zeros after the last member are padding, as for gunzip(1). Failures: "broken_gzip",
/// "too_large", "gzip_bomb" (give_up).
class gzip_counter {
public:
    /// Is shown the raw bytes, until it returns false.
    using viewer = std::function<bool(std::string_view)>;

    explicit gzip_counter(gzip_limits limits, viewer view = {});
    ~gzip_counter();
    gzip_counter(gzip_counter&&) noexcept;
    gzip_counter& operator=(gzip_counter&&) noexcept;

    result<void> add(std::string_view compressed);

    /// The stream has ended; fails with "broken_gzip" (retry) if that was in the middle of a
    /// member: its writer may not be done.
    result<void> finish();

    std::uint64_t raw_bytes() const;

    /// The bytes of all members, without what is padding.
    std::uint64_t member_bytes() const;

    /// The last raw byte so far; a newline at the start.
    char last_byte() const;

private:
    struct inflater;
    std::unique_ptr<inflater> inflater_;
};

}  // namespace kustodrop::spool
