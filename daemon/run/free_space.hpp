#pragma once

#include <optional>
#include <string>

struct statvfs;

namespace kustodrop::daemon {

/// Why nothing can be written in the directory, with the remedy; nothing: it can, as far as its
/// file system says.
std::optional<std::string> unwritable_because(const std::string& directory);

/// The same of what statvfs(3) says. Blocks that are kept for root count for root only.
std::optional<std::string> unwritable_because(const struct ::statvfs& facts, bool is_root);

}  // namespace kustodrop::daemon
