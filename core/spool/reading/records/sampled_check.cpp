#include "spool/reading/records/sampled_check.hpp"

#include "spool/reading/records/tail_check.hpp"

#include <isa-l/crc.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <span>
#include <unistd.h>

namespace kustodrop::spool {

static constexpr std::uint64_t samples = 5;
static constexpr std::uint64_t sample_bytes = 1024;

// Gives each sample of so many bytes to `add`, which says whether to go on.
static bool each_sample(std::uint64_t end, auto add) {
    if (end <= checked_whole_bytes) return add(0, end);
    auto last = end - sample_bytes;
    for (std::uint64_t i = 0; i < samples; ++i) {
        auto at = i + 1 == samples ? last : last / (samples - 1) * i;
        if (!add(at, sample_bytes)) return false;
    }
    return true;
}

static std::uint32_t continued(std::uint32_t check, std::string_view bytes) {
    auto* first = reinterpret_cast<const unsigned char*>(bytes.data());
    return crc32_gzip_refl(check, first, bytes.size());
}

static bool read_all(int file, std::uint64_t at, std::span<char> into) {
    while (!into.empty()) {
        auto got = ::pread(file, into.data(), into.size(), static_cast<off_t>(at));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        into = into.subspan(static_cast<std::size_t>(got));
        at += static_cast<std::uint64_t>(got);
    }
    return true;
}

std::uint32_t sampled_check(std::string_view bytes) {
    std::uint32_t check = 0;
    each_sample(bytes.size(), [&](std::uint64_t at, std::uint64_t length) {
        check = continued(check, bytes.substr(at, length));
        return true;
    });
    return std::max<std::uint32_t>(1, check);
}

std::uint32_t sampled_check(int file, std::uint64_t end) {
    std::array<char, checked_whole_bytes> buffer;
    std::uint32_t check = 0;
    bool is_read = each_sample(end, [&](std::uint64_t at, std::uint64_t length) {
        auto sample = std::span(buffer).first(length);
        if (!read_all(file, at, sample)) return false;
        check = continued(check, {sample.data(), sample.size()});
        return true;
    });
    return is_read ? std::max<std::uint32_t>(1, check) : 0;
}

bool may_be_as_checked(int file, std::uint64_t end, std::uint32_t check) {
    if (may_be_same(check, sampled_check(file, end))) return true;
    return check == tail_check(file, end);
}

}  // namespace kustodrop::spool
