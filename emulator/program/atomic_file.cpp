#include "emulator/program/atomic_file.hpp"

#include <fstream>
#include <stdexcept>

namespace kustodrop::emulator {

void write_atomically(const std::filesystem::path& path, std::string_view text) {
    auto draft = std::filesystem::path(path) += ".draft";
    std::ofstream file(draft, std::ios::binary | std::ios::trunc);
    file << text;
    file.close();
    if (!file) throw std::runtime_error("cannot write " + draft.string());
    std::filesystem::rename(draft, path);
}

}  // namespace kustodrop::emulator
