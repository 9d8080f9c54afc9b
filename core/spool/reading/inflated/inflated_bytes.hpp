#pragma once

#include "base/result.hpp"
#include "spool/reading/gzip.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace kustodrop::spool {

/// The bytes that a gzip file holds, from front to back, in little memory and without a file for
/// them. Blocking.
class inflated_bytes {
public:
    /// The file stays open for as long as this is read.
    explicit inflated_bytes(int file);
    inflated_bytes(const inflated_bytes&) = delete;

    /// Some of them; 0 where they end, and then the file was whole. Failures: "broken_gzip",
    /// "read_error".
    result<std::size_t> read(std::span<char> into);

private:
    result<void> inflate();

    int file_;
    std::uint64_t at_ = 0;  // Of the compressed bytes.
    std::string inflated_;
    std::size_t taken_ = 0;  // Of these.
    bool ended_ = false;
    gzip_counter counter_;
};

/// Whether the file is gzip of just so many bytes. Blocking.
bool inflates_to(int file, std::uint64_t length_bytes);

}  // namespace kustodrop::spool
