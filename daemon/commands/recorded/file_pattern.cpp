#include "daemon/commands/recorded/file_pattern.hpp"

#include "base/glob.hpp"
#include "base/text.hpp"
#include "daemon/admin/journal_view.hpp"
#include "daemon/commands/answering.hpp"

#include <sys/stat.h>

#include <filesystem>

namespace kustodrop::daemon {

static failure unusable(const std::string& text, const std::string& why) {
    return {errc::not_allowed, remedy::give_up, "--file " + printable(text) + " " + why};
}

static const pipeline::watch_options* innermost(
    const config::settings& settings, const std::string& path
) {
    const pipeline::watch_options* found = nullptr;
    for (auto& watch : settings.watches) {
        bool is_inside = path.starts_with(watch.path + "/");
        if (is_inside && (!found || watch.path.size() > found->path.size())) found = &watch;
    }
    return found;
}

bool is_file_there(const std::string& path) {
    auto look = [path] {
        struct ::stat facts = {};
        return ::lstat(path.c_str(), &facts) == 0;
    };
    return answers_in_time(look) && look();
}

result<file_pattern> file_pattern_of(
    const config::settings& settings,
    const std::string& text,
    const std::string& watch,
    const std::function<bool(const std::string& path)>& is_there
) {
    file_pattern out{watch, text};
    if (text.starts_with('/')) {
        auto path = std::filesystem::path(text).lexically_normal().string();
        auto* from = innermost(settings, path);
        if (!from) return unusable(text, "lies in no watch's folder");
        if (!watch.empty() && watch != from->name) {
            return unusable(text, "lies in the folder of \"" + from->name + "\", not of --watch");
        }
        auto name = path.substr(from->path.size() + 1);
        out = {from->name, as_pattern(name)};
        bool may_be_glob = out.glob != name && !spool::glob_problem(name) && !is_there(path);
        if (may_be_glob) out.otherwise = std::move(name);
    }
    if (auto problem = spool::glob_problem(out.glob)) return unusable(text, *problem);
    return out;
}

}  // namespace kustodrop::daemon
