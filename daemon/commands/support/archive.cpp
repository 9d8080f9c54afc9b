#include "daemon/commands/support/archive.hpp"

#include "spool/reading/gzip.hpp"

#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <numeric>
#include <system_error>
#include <unistd.h>

namespace kustodrop::daemon {

static constexpr std::size_t block = 512;

void archive::add(std::string_view name, std::string_view content) {
    std::array<char, block> header{};
    auto put = [&](std::size_t at, std::string_view text) {
        std::memcpy(header.data() + at, text.data(), text.size());
    };
    auto octal = [](std::uint64_t value) {
        std::array<char, 16> text{};
        std::snprintf(text.data(), text.size(), "%011llo", static_cast<unsigned long long>(value));
        return std::string(text.data());
    };
    auto whole = folder_ + "/" + std::string(name);
    put(0, std::string_view(whole).substr(0, 99));
    put(100, "0000600");
    put(108, "0000000");
    put(116, "0000000");
    put(124, octal(content.size()));
    auto since = std::chrono::duration_cast<std::chrono::seconds>(at_.time_since_epoch());
    put(136, octal(static_cast<std::uint64_t>(since.count())));
    put(148, "        ");
    put(156, "0");
    put(257, std::string_view("ustar\00000", 8));
    auto sum = std::accumulate(header.begin(), header.end(), 0u, [](unsigned before, char c) {
        return before + static_cast<unsigned char>(c);
    });
    std::array<char, 8> checksum{};
    std::snprintf(checksum.data(), checksum.size(), "%06o", sum);
    std::memcpy(header.data() + 148, checksum.data(), 7);
    tar_.append(header.data(), header.size());
    tar_ += content;
    tar_.resize((tar_.size() + block - 1) / block * block, '\0');
}

std::string archive::finish() {
    tar_.resize(tar_.size() + 2 * block, '\0');
    spool::gzip_encoder encoder(spool::compression::dense);
    std::string out;
    std::array<char, 1 << 16> buffer{};
    std::string_view rest = tar_;
    for (;;) {
        auto step = encoder.step(rest, buffer, true);
        out.append(buffer.data(), step.produced);
        rest.remove_prefix(step.consumed);
        if (step.finished) return out;
    }
}

result<void> write_new_file(const std::string& path, std::string_view content, unsigned mode) {
    auto failed = [&](int error) {
        auto why = std::generic_category().message(error);
        auto hint = error == EEXIST ? "; it is not overwritten: use another name" : "";
        return failure{errc::unreadable, remedy::reconfigure, path + ": " + why + hint};
    };
    int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
    int file = ::open(path.c_str(), flags, static_cast<mode_t>(mode));
    if (file < 0) return failed(errno);
    int error = 0;
    while (!content.empty() && error == 0) {
        auto put = ::write(file, content.data(), content.size());
        if (put < 0) {
            error = errno;
        } else {
            content.remove_prefix(static_cast<std::size_t>(put));
        }
    }
    if (error == 0 && ::fsync(file) != 0) error = errno;
    ::close(file);
    if (error == 0) return result<void>();
    ::unlink(path.c_str());
    return failed(error);
}

}  // namespace kustodrop::daemon
