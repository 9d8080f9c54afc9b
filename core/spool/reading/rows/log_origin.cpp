#include "spool/reading/rows/log_origin.hpp"

#include "base/text.hpp"

namespace kustodrop::spool {

static std::string_view leading_digits(std::string_view name) {
    return name.substr(0, name.find_first_not_of("0123456789"));
}

log_origin origin_of(std::string_view path) {
    log_origin out;
    auto parts = split(path, '/');
    if (parts.size() < 2) return out;
    auto file = parts.back();
    auto folder = parts[parts.size() - 2];
    if (!folder.empty() && file.starts_with(std::string(folder) + "-json.log")) {
        out.container = folder;
        return out;
    }
    if (parts.size() < 3) return out;
    // None of the three can have this sign in it.
    auto owner = split(parts[parts.size() - 3], '_');
    auto restart = leading_digits(file);
    bool is_kubelets =
        owner.size() == 3 && !restart.empty() && file.substr(restart.size()).starts_with(".log");
    if (!is_kubelets) return out;
    out.namespace_name = owner[0];
    out.pod = owner[1];
    out.pod_uid = owner[2];
    out.container = folder;
    out.restart = restart;
    return out;
}

}  // namespace kustodrop::spool
