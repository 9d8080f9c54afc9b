#include "config/reading/fragments.hpp"

#include "config/reading/file_content.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>

namespace kustodrop::config {

namespace files = std::filesystem;

static constexpr std::string_view folder_of_instances = "/etc/kustodrop";
static constexpr std::string_view main_name = "kustodrop.yaml";
static constexpr std::size_t most_fragments = 2000;

std::string fragments_folder(const std::string& config_path) {
    files::path file(config_path);
    auto folder = file.parent_path();
    std::error_code unknown;
    bool shares_folder =
        folder == folder_of_instances || files::exists(folder / main_name, unknown);
    bool is_other = shares_folder && file.filename() != main_name;
    auto name = is_other ? file.stem().string() + ".conf.d" : std::string("conf.d");
    return (folder / name).string();
}

static bool is_fragment_name(const std::string& name) {
    return !name.starts_with('.') && name.ends_with(".yaml");
}

std::string fragment_name_problem(const std::string& name) {
    if (name.find('/') != name.npos) return "is not a plain name; use one like partner.yaml";
    if (is_fragment_name(name)) return {};
    return "would not be read; use a name that ends in .yaml and does not begin with a dot";
}

result<fragment_names> list_fragments(const std::string& folder) {
    fragment_names out;
    std::error_code problem;
    files::directory_iterator entries(folder, problem);
    if (problem == std::errc::no_such_file_or_directory) return out;
    for (; !problem && entries != files::directory_iterator(); entries.increment(problem)) {
        auto name = entries->path().filename().string();
        if (name.starts_with('.')) continue;
        if (is_fragment_name(name)) out.read.push_back(entries->path().string());
        if (name.ends_with(".yml") || name.ends_with(".json")) {
            out.ignored.push_back(entries->path().string());
        }
    }
    if (problem) return cannot_read(folder, problem.message());
    if (out.read.size() > most_fragments) {
        return cannot_read(folder, "has more than " + std::to_string(most_fragments) + " files");
    }
    std::sort(out.read.begin(), out.read.end());
    std::sort(out.ignored.begin(), out.ignored.end());
    return out;
}

}  // namespace kustodrop::config
