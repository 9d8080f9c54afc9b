#include "spool/journal/journal_files.hpp"

#include "base/text.hpp"
#include "spool/folder/beneath.hpp"

#include <cerrno>
#include <fcntl.h>
#include <stdio.h>
#include <string_view>
#include <unistd.h>

namespace kustodrop::spool {

static constexpr off_t reserve_bytes = 4 << 20;

// "20261123T070000Z".
static std::string stamp(wall_time now) {
    std::string out;
    for (char c : to_iso8601(now).substr(0, 19)) {
        if (c != '-' && c != ':') out += c;
    }
    return out + "Z";
}

result<std::string> set_aside(const std::string& path, wall_time now) {
    auto base = path + ".corrupt-" + stamp(now);
    auto target = base;
    for (int round = 2; ::access(target.c_str(), F_OK) == 0; ++round) {
        target = base + "-" + std::to_string(round);
    }
    // The log first: if only it has moved, the database is still one, only older.
    for (std::string_view ending : {"-wal", "-shm", ""}) {
        auto from = path + std::string(ending);
        auto to = target + std::string(ending);
        if (::rename(from.c_str(), to.c_str()) != 0 && errno != ENOENT) {
            return system_failure(errc::journal_io, remedy::retry, "cannot set aside", from, errno);
        }
    }
    return {boost::system::in_place_value, target};
}

void reserve_file::fill() const {
    if (path_.empty() || ::access(path_.c_str(), F_OK) == 0) return;
    descriptor file(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!file.is_open()) return;
    if (::posix_fallocate(file.get(), 0, reserve_bytes) != 0) ::unlink(path_.c_str());
}

bool reserve_file::release() const { return !path_.empty() && ::unlink(path_.c_str()) == 0; }

}  // namespace kustodrop::spool
