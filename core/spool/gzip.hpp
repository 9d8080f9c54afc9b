#pragma once

#include "base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace kustodrop::spool {

enum class compression { fast, dense, none };

/// Compresses a stream into one gzip member in constant memory.
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
    struct codec;
    std::unique_ptr<codec> codec_;
};

struct gzip_limits {
    std::uint64_t max_raw_bytes = UINT64_MAX;
    std::uint64_t ratio = 1000;                    // Raw to compressed…
    std::uint64_t ratio_free_bytes = 64ull << 20;  // …once this much was inflated.
};

/// Counts the raw bytes of a gzip stream of one or more members by inflating it into a scratch
/// buffer. Failures, all give_up: "broken_gzip", "too_large", "gzip_bomb".
class gzip_counter {
public:
    explicit gzip_counter(gzip_limits limits);
    ~gzip_counter();
    gzip_counter(gzip_counter&&) noexcept;
    gzip_counter& operator=(gzip_counter&&) noexcept;

    result<void> add(std::string_view compressed);

    /// The stream has ended; fails with "broken_gzip" if that was in the middle of a member.
    result<void> finish();

    std::uint64_t raw_bytes() const;

    /// The last raw byte so far; a newline at the start.
    char last_byte() const;

private:
    struct inflater;
    std::unique_ptr<inflater> inflater_;
};

}  // namespace kustodrop::spool
