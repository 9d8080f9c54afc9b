#include "config/reading/paths.hpp"

#include "base/text.hpp"

namespace kustodrop::config {

std::optional<std::string> path_problem(const std::string& path) {
    if (path.empty()) return std::nullopt;
    if (!path.starts_with('/'))
        return "is not a valid absolute path; use a path that begins with /";
    for (auto part : split(path, '/')) {
        if (part == "..") return "has .. in it; use a path without it";
    }
    return std::nullopt;
}

std::string normal_path(const std::string& path) {
    std::string out;
    for (auto part : split(path, '/')) {
        if (part.empty() || part == ".") continue;
        out += '/';
        out += part;
    }
    return out.empty() ? "/" : out;
}

bool is_within(std::string_view path, std::string_view folder) {
    if (!path.starts_with(folder)) return false;
    return path.size() == folder.size() || folder == "/" || path[folder.size()] == '/';
}

}  // namespace kustodrop::config
