#include "spool/following/looking/log_folders.hpp"

namespace kustodrop::spool {

std::string_view base_of(std::string_view name) { return name.substr(name.rfind('/') + 1); }

std::string_view folder_of(std::string_view name) {
    auto end = name.rfind('/');
    return end == std::string_view::npos ? std::string_view() : name.substr(0, end);
}

static std::string path_in(std::string_view folder, std::string_view base) {
    return folder.empty() ? std::string(base) : std::string(folder) + '/' + std::string(base);
}

void log_folders::add(std::string_view name) { folders_[base_of(name)].insert(folder_of(name)); }

std::optional<std::string> log_folders::above(
    std::string_view folder, const std::vector<std::string_view>& bases
) const {
    while (!folder.empty()) {
        folder = folder_of(folder);
        for (auto base : bases) {
            auto found = folders_.find(base);
            if (found != folders_.end() && found->second.contains(folder)) {
                return path_in(folder, base);
            }
        }
    }
    return std::nullopt;
}

std::optional<std::string> log_folders::only(const std::vector<std::string_view>& bases) const {
    for (auto base : bases) {
        auto found = folders_.find(base);
        if (found == folders_.end()) continue;
        if (found->second.size() > 1) return std::nullopt;
        return path_in(*found->second.begin(), base);
    }
    return std::nullopt;
}

}  // namespace kustodrop::spool
