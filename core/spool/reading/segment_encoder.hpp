#pragma once

#include "spool/reading/gzip.hpp"

#include <functional>

namespace kustodrop::spool {

struct segment_options {
    compression how = compression::fast;
    std::size_t segment_bytes = 1u << 20u;
    unsigned threads = 1;  // That may work on it at one time, the caller's among them.
    compression_gate* gate = nullptr;

    /// Runs a piece of work on another thread, some time or never.
    std::function<void(std::function<void()>)> run = {};

    /// What all this takes in memory, at most.
    std::size_t memory_bytes() const;
};

/// Below it, more threads would be in each other's way.
inline constexpr std::uint64_t parallel_from_bytes = 4u << 20u;

/// What a reader of so many bytes needs beside the caller's buffers when it works on several
/// threads; 0 when it does not.
std::uint64_t parallel_memory_bytes(std::uint64_t source_bytes, unsigned threads);

/// Compresses a large file into one gzip member on several threads: the bytes are cut into
/// segments, each deflated on its own and closed by a full flush, and their checksums are combined
/// (RFC 1951 §3.2.4, RFC 1952 §2.3.1). The caller's thread does what no other thread has begun, so
/// that it never waits for a thread that may not come.
class segment_encoder {
public:
    /// Fills `into` from `offset` on, completely. Called on several threads at a time.
    using read_at = std::function<result<void>(std::uint64_t offset, std::span<char> into)>;

    segment_encoder(std::uint64_t length_bytes, read_at read, segment_options options);

    /// Waits for the threads that are at work.
    ~segment_encoder();
    segment_encoder(const segment_encoder&) = delete;

    struct filled {
        std::size_t bytes = 0;
        bool last = false;
    };

    /// The next bytes of the member: as many as there is room for, unless it ends. Blocking. Fails
    /// as the reading did.
    result<filled> fill(std::span<char> out);

private:
    struct state;
    std::shared_ptr<state> state_;
};

}  // namespace kustodrop::spool
