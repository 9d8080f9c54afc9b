#include "pipeline/intake/watching/file_looks.hpp"

#include <utility>

namespace kustodrop::pipeline {

file_looks look_at_files(
    const spool::drop_folder& folder,
    const observed_files::look_list& wanted,
    const std::string& marker
) {
    file_looks out;
    for (auto& name : wanted.names) {
        auto seen = folder.look(name);
        if (seen.has_error() || !*seen) {
            out.absent.push_back(name);
            continue;
        }
        observed_files::look one{std::move(**seen), {}, wanted.closed.contains(name)};
        if (!marker.empty()) {
            if (auto found = folder.look(name + marker)) one.marker = std::move(*found);
        }
        out.seen.push_back(std::move(one));
    }
    return out;
}

}  // namespace kustodrop::pipeline
