#include "daemon/commands/tables/sample_file.hpp"

#include "base/text.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <utility>

namespace kustodrop::daemon {

static constexpr std::size_t looked_at_bytes = 16u << 20u;  // Of each sample.

static failure unreadable(const std::string& path, const std::string& why) {
    return {errc::unreadable, remedy::give_up, printable(path) + " cannot be read: " + why};
}

result<sample> read_sample(const std::string& path) {
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored)) {
        return unreadable(path, "it is a folder; name a file in it");
    }
    errno = 0;
    std::ifstream file(path, std::ios::binary);
    if (!file.is_open()) return unreadable(path, std::strerror(errno));
    sample out{path, std::string(looked_at_bytes, '\0')};
    file.read(out.bytes.data(), static_cast<std::streamsize>(out.bytes.size()));
    if (file.bad()) return unreadable(path, std::strerror(errno));
    auto bytes = static_cast<std::size_t>(file.gcount());
    out.is_cut = bytes == looked_at_bytes && file.peek() != std::ifstream::traits_type::eof();
    out.bytes.resize(bytes);
    return {boost::system::in_place_value, std::move(out)};
}

}  // namespace kustodrop::daemon
