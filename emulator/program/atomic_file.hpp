#pragma once

#include <filesystem>
#include <string_view>

namespace kustodrop::emulator {

/// Writes a file whole or not at all: a reader never sees half of it. Throws std::runtime_error.
void write_atomically(const std::filesystem::path& path, std::string_view text);

}  // namespace kustodrop::emulator
