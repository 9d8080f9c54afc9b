#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kustodrop::config {

/// What is wrong with an absolute path, as the end of a sentence. Empty is allowed.
std::optional<std::string> path_problem(const std::string& path);

/// Without doubled slashes, "." and a slash at the end.
std::string normal_path(const std::string& path);

/// Whether `path` is `folder` or in it; both normal.
bool is_within(std::string_view path, std::string_view folder);

}  // namespace kustodrop::config
