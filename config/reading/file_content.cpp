#include "config/reading/file_content.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>

namespace kustodrop::config {

namespace {

// Closes what it was given.
struct descriptor {
    explicit descriptor(int number) : number(number) {}
    ~descriptor() {
        if (number >= 0) ::close(number);
    }
    descriptor(const descriptor&) = delete;
    descriptor& operator=(const descriptor&) = delete;
    int number;
};

}  // namespace

failure cannot_read(const std::string& path, std::string_view why) {
    return {errc::unreadable, remedy::reconfigure, path + ": " + std::string(why)};
}

// Reads the mode of the open file, not of its name, which may mean another file by then.
result<file_content> read_whole_file(const std::string& path, std::size_t largest) {
    auto reason = [] { return std::generic_category().message(errno); };
    // A FIFO without a writer must not block the start forever.
    descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (file.number < 0) return cannot_read(path, reason());
    struct stat status {};
    if (::fstat(file.number, &status) != 0) return cannot_read(path, reason());
    if (!S_ISREG(status.st_mode)) return cannot_read(path, "is not a regular file");
    file_content out;
    out.is_private = (status.st_mode & (S_IRGRP | S_IROTH)) == 0;
    for (;;) {
        auto before = out.text.size();
        out.text.resize(before + 16384);
        auto got = ::read(file.number, out.text.data() + before, 16384);
        if (got < 0) return cannot_read(path, reason());
        out.text.resize(before + static_cast<std::size_t>(got));
        if (got == 0) return out;
        if (out.text.size() > largest) {
            return cannot_read(path, "is larger than " + std::to_string(largest) + " bytes");
        }
    }
}

}  // namespace kustodrop::config
