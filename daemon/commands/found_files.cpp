#include "daemon/commands/found_files.hpp"

#include "spool/watching/name_rules.hpp"

#include <algorithm>
#include <filesystem>

namespace kustodrop::daemon {

namespace files = std::filesystem;

result<std::vector<std::string>> files_at(const std::vector<std::string>& paths) {
    std::vector<std::string> found;
    for (auto& path : paths) {
        if (path.empty()) return failure{errc::no_such_file, remedy::give_up, "a path is empty"};
        std::error_code problem;
        auto kind = files::status(path, problem).type();
        bool can_be_read_twice = kind == files::file_type::regular ||
                                 kind == files::file_type::directory ||
                                 kind == files::file_type::not_found;
        if (!problem && !can_be_read_twice) {
            return failure{
                errc::not_a_file,
                remedy::give_up,
                path +
                    ": is a pipe or device, which cannot be read twice; write it to a file and "
                    "send that"};
        }
        auto whole = files::canonical(path, problem);
        if (problem)
            return failure{errc::no_such_file, remedy::give_up, path + ": " + problem.message()};
        if (!files::is_directory(whole)) {
            found.push_back(whole.string());
            continue;
        }
        files::recursive_directory_iterator walk(whole, problem);
        for (; !problem && walk != files::recursive_directory_iterator(); walk.increment(problem)) {
            // What a watch would leave out as unfinished or hidden is left out here too.
            auto name = walk->path().filename().string();
            if (walk->is_directory() && name.starts_with('.')) walk.disable_recursion_pending();
            bool is_plain = walk->is_regular_file() && !walk->is_symlink();
            if (is_plain && spool::name_rules().accepts(name)) {
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
