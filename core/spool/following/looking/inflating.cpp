#include "spool/following/looking/inflating.hpp"

#include "spool/folder/beneath.hpp"
#include "spool/reading/gzip.hpp"

#include <sys/statvfs.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
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

// A full disk is named by the setting that helps.
static inflation without_room(int error) {
    inflation out;
    out.end = inflation_end::no_room;
    out.detail = error == ENOSPC || error == EDQUOT || error == EFBIG
                     ? "state_directory has no room for it"
                     : "cannot write in state_directory: " + std::string(std::strerror(error));
    return out;
}

static inflation not_readable(int error) {
    return {inflation_end::unreadable, nullptr, std::strerror(error)};
}

inflation inflate_log(int file, const std::string& scratch) {
    auto out = nameless_file(scratch);
    if (!out.is_open()) return without_room(errno);
    auto room = room_bytes(out.get());
    int refused = 0;
    auto keep = [&](std::string_view raw) {
        if (raw.size() > room) {
            refused = ENOSPC;
        } else if (!write_all(out.get(), raw)) {
            refused = errno;
        } else {
            room -= raw.size();
        }
        return refused == 0;
    };
    gzip_limits limits;
    limits.ratio = 2000;  // More than deflate can reach: a log may hold one line over and over.
    gzip_counter counter(limits, keep);
    std::string block(compressed_block_bytes, '\0');
    bool is_broken = false;
    for (off_t at = 0; !is_broken;) {
        auto got = ::pread(file, block.data(), block.size(), at);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return not_readable(errno);
        if (got == 0) break;
        at += got;
        auto added = counter.add(std::string_view(block).substr(0, static_cast<std::size_t>(got)));
        if (refused != 0) return without_room(refused);
        is_broken = added.has_error();
    }
    is_broken = is_broken || counter.finish().has_error();
    if (refused != 0) return without_room(refused);
    inflation done;
    done.end = is_broken ? inflation_end::broken : inflation_end::whole;
    done.file = std::make_shared<const descriptor>(std::move(out));
    return done;
}

}  // namespace kustodrop::spool
