#include "daemon/commands/found_files.hpp"

#include <algorithm>
#include <filesystem>

namespace kustodrop::daemon {

namespace files = std::filesystem;

result<std::vector<std::string>> files_at(const std::vector<std::string>& paths) {
    std::vector<std::string> found;
    for (auto& path : paths) {
        std::error_code problem;
        auto whole = files::canonical(path, problem);
        if (problem)
            return failure{errc::no_such_file, remedy::give_up, path + ": " + problem.message()};
        if (!files::is_directory(whole)) {
            found.push_back(whole.string());
            continue;
        }
        files::recursive_directory_iterator walk(whole, problem);
        for (; !problem && walk != files::recursive_directory_iterator(); walk.increment(problem)) {
            if (walk->path().filename() == ".kustodrop")
                walk.disable_recursion_pending();
            else if (walk->is_regular_file() && !walk->is_symlink()) {
                found.push_back(walk->path().string());
            }
        }
        if (problem)
            return failure{errc::unreadable, remedy::give_up, path + ": " + problem.message()};
    }
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
}

}  // namespace kustodrop::daemon
