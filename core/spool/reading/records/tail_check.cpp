#include "spool/reading/records/tail_check.hpp"

#include <isa-l/crc.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <unistd.h>

namespace kustodrop::spool {

std::uint32_t tail_check(std::string_view bytes) {
    auto tail = bytes.substr(bytes.size() - std::min(bytes.size(), tail_check_bytes));
    auto* first = reinterpret_cast<const unsigned char*>(tail.data());
    return std::max<std::uint32_t>(1, crc32_gzip_refl(0, first, tail.size()));
}

std::uint32_t tail_check(int file, std::uint64_t end) {
    std::array<char, tail_check_bytes> tail;
    auto wanted = std::min<std::uint64_t>(end, tail.size());
    std::size_t have = 0;
    while (have < wanted) {
        auto from = static_cast<off_t>(end - wanted + have);
        auto got = ::pread(file, tail.data() + have, wanted - have, from);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return 0;
        have += static_cast<std::size_t>(got);
    }
    return tail_check({tail.data(), have});
}

std::uint32_t start_check(int file, std::uint64_t offset, std::uint64_t end) {
    if (offset > 0) return tail_check(file, offset);
    return tail_check(file, std::min<std::uint64_t>(end, tail_check_bytes));
}

}  // namespace kustodrop::spool
