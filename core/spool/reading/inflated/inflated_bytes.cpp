#include "spool/reading/inflated/inflated_bytes.hpp"

#include "spool/folder/beneath.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <unistd.h>
#include <vector>

namespace kustodrop::spool {

// Of one line over and over a thousand times as much is inflated at a time.
static constexpr std::size_t compressed_at_once = 4096;

static constexpr std::size_t inflated_at_once = 64 * 1024;

static gzip_limits limits_of_logs() {
    gzip_limits limits;
    limits.ratio = 2000;  // More than deflate can reach.
    return limits;
}

inflated_bytes::inflated_bytes(int file)
    : file_(file), counter_(limits_of_logs(), [this](std::string_view raw) {
          inflated_ += raw;
          return true;
      }) {}

result<void> inflated_bytes::inflate() {
    std::array<char, compressed_at_once> block;
    ssize_t got = -1;
    do {
        got = ::pread(file_, block.data(), block.size(), static_cast<off_t>(at_));
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
        return system_failure(errc::read_error, remedy::retry, "cannot read", "spilled", errno);
    }
    if (got == 0) {
        ended_ = true;
        return counter_.finish();
    }
    at_ += static_cast<std::uint64_t>(got);
    return counter_.add({block.data(), static_cast<std::size_t>(got)});
}

result<std::size_t> inflated_bytes::read(std::span<char> into) {
    while (taken_ == inflated_.size() && !ended_) {
        inflated_.clear();
        taken_ = 0;
        if (auto more = inflate(); !more) return more.error();
    }
    auto bytes = std::min(into.size(), inflated_.size() - taken_);
    if (bytes > 0) std::memcpy(into.data(), inflated_.data() + taken_, bytes);
    taken_ += bytes;
    return bytes;
}

bool inflates_to(int file, std::uint64_t length_bytes) {
    inflated_bytes bytes(file);
    std::vector<char> into(inflated_at_once);
    std::uint64_t length = 0;
    for (;;) {
        auto got = bytes.read(into);
        if (got.has_error()) return false;
        if (*got == 0) return length == length_bytes;
        length += *got;
        if (length > length_bytes) return false;
    }
}

}  // namespace kustodrop::spool
