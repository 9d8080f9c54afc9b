#include "daemon/commands/tables/sample_file.hpp"

#include <fstream>

namespace kustodrop::daemon {

static constexpr std::size_t looked_at_bytes = 16u << 20u;  // Of each sample.

std::optional<sample> read_sample(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    sample out{path, std::string(looked_at_bytes, '\0')};
    file.read(out.bytes.data(), static_cast<std::streamsize>(out.bytes.size()));
    if (!file.is_open() || file.bad()) return std::nullopt;
    auto bytes = static_cast<std::size_t>(file.gcount());
    out.is_cut = bytes == looked_at_bytes && file.peek() != std::ifstream::traits_type::eof();
    out.bytes.resize(bytes);
    return out;
}

}  // namespace kustodrop::daemon
