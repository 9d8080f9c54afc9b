#include "pipeline/watch/kept_files.hpp"

namespace kustodrop::pipeline {

void kept_files::end(std::string_view name) {
    auto found = in_flight_.find(name);
    if (found != in_flight_.end()) in_flight_.erase(found);
}

void kept_files::load(const std::string& name, const spool::file_identity& identity) {
    kept_.insert_or_assign(name, identity);
}

void kept_files::keep(const std::string& name, const spool::file_identity& identity) {
    kept_.insert_or_assign(name, identity);
    kept_in_scan_.insert(name);
}

void kept_files::forget(std::string_view name) {
    auto found = kept_.find(name);
    if (found != kept_.end()) kept_.erase(found);
}

const spool::file_identity* kept_files::find(std::string_view name) const {
    auto found = kept_.find(name);
    return found == kept_.end() ? nullptr : &found->second;
}

std::vector<std::string> kept_files::forget_absent(const std::set<std::string_view>& present) {
    std::vector<std::string> out;
    for (auto at = kept_.begin(); at != kept_.end();) {
        if (present.contains(at->first) || kept_in_scan_.contains(at->first)) {
            ++at;
            continue;
        }
        out.push_back(at->first);
        at = kept_.erase(at);
    }
    return out;
}

}  // namespace kustodrop::pipeline
