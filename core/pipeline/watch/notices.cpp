#include "pipeline/watch/notices.hpp"

namespace kustodrop::pipeline {

void notices::count(
    counts& in,
    const std::string& code,
    const std::string& name,
    const std::string& detail,
    std::uint64_t files
) {
    auto [at, is_new] = in.try_emplace(code, notice{code, 0, name, detail});
    at->second.files += files;
}

void notices::left(
    const std::string& code, const std::string& name, const std::string& detail, std::uint64_t files
) {
    count(counted_, code, name, detail, files);
}

void notices::shipped(const std::string& code, const std::string& name, const std::string& detail) {
    count(shipped_, code, name, detail, 1);
    say_once(code, name, detail);
}

void notices::say_once(
    const std::string& code, const std::string& name, const std::string& detail
) {
    if (!said_.try_emplace(code, true).second) return;
    log_.info(detail, {{"watch", watch_}, {"code", code}, {"file", name}});
}

std::vector<notice> notices::all() const {
    std::vector<notice> out;
    for (auto* some : {&left_, &shipped_}) {
        for (auto& [code, one] : *some) out.push_back(one);
    }
    return out;
}

void notices::clear() {
    counted_.clear();
    left_.clear();
    shipped_.clear();
    said_.clear();
}

}  // namespace kustodrop::pipeline
