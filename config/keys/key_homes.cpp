#include "config/keys/key_homes.hpp"

namespace kustodrop::config {

static std::string path_below(const std::string& path, const documented_key& one) {
    auto out =
        path.empty() ? std::string(one.facts.name) : path + "." + std::string(one.facts.name);
    if (one.facts.form == form::section_list) out += "[]";
    if (one.facts.form == form::section_map) out += ".NAME";
    return out;
}

static void find_homes(
    std::string_view name,
    const std::vector<documented_key>& keys,
    const std::string& path,
    std::vector<std::string>& out
) {
    for (auto& one : keys) {
        if (one.facts.name == name) out.push_back(path.empty() ? "the top level" : path);
        find_homes(name, one.keys, path_below(path, one), out);
    }
}

std::string homes_of(std::string_view name, const std::vector<documented_key>& all) {
    std::vector<std::string> homes;
    find_homes(name, all, "", homes);
    std::string out;
    for (std::size_t i = 0; i < homes.size(); ++i) {
        bool is_last = i + 1 == homes.size();
        out += (i == 0 ? "" : (is_last ? " or " : ", ")) + homes[i];
    }
    return out;
}

}  // namespace kustodrop::config
