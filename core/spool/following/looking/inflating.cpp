#include "spool/following/looking/inflating.hpp"

#include "spool/folder/beneath.hpp"
#include "spool/reading/gzip.hpp"

#include <sys/stat.h>
#include <sys/statvfs.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <fcntl.h>
#include <string_view>
#include <unistd.h>
#include <utility>

namespace kustodrop::spool {

static constexpr std::size_t compressed_block_bytes = 256 * 1024;

// What the file system keeps for others: this part of it.
static constexpr std::uint64_t reserve = 20;

static std::uint64_t room_bytes(int scratch) {
    struct ::statvfs facts = {};
    if (::fstatvfs(scratch, &facts) != 0) return 0;
    auto kept = facts.f_blocks / reserve;
    return facts.f_bavail > kept ? (facts.f_bavail - kept) * facts.f_frsize : 0;
}

// Not every file system makes files that never had a name.
static descriptor nameless_file(const std::string& folder) {
    descriptor out(::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
    if (out.is_open()) return out;
    auto name = folder + "/.inflated-XXXXXX";
    descriptor named(::mkostemp(name.data(), O_CLOEXEC));
    if (named.is_open()) ::unlink(name.c_str());
    return named;
}

shared_descriptor inflate_log(int file, const std::string& scratch) {
    struct ::stat facts = {};
    if (::fstat(file, &facts) != 0 || facts.st_size == 0) return nullptr;
    auto out = nameless_file(scratch);
    if (!out.is_open()) return nullptr;
    auto room = room_bytes(out.get());
    bool is_kept = true;
    auto keep = [&](std::string_view raw) {
        is_kept = raw.size() <= room && write_all(out.get(), raw);
        room -= is_kept ? raw.size() : 0;
        return is_kept;
    };
    gzip_limits limits;
    limits.ratio = 2000;  // More than deflate can reach: a log may hold one line over and over.
    gzip_counter counter(limits, keep);
    std::string block(compressed_block_bytes, '\0');
    for (off_t at = 0;;) {
        auto got = ::pread(file, block.data(), block.size(), at);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return nullptr;
        if (got == 0) break;
        at += got;
        auto added = counter.add(std::string_view(block).substr(0, static_cast<std::size_t>(got)));
        if (added.has_error() || !is_kept) return nullptr;
    }
    if (counter.finish().has_error()) return nullptr;
    return std::make_shared<const descriptor>(std::move(out));
}

}  // namespace kustodrop::spool
