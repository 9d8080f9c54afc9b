#include "pipeline/intake/watching/copy_check.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace kustodrop::pipeline {

std::optional<std::string> uncompressed_name(std::string_view name) {
    auto lower = to_lower(name.substr(name.size() - std::min<std::size_t>(name.size(), 5)));
    for (std::string_view ending : {".gz", ".gzip", ".zip"}) {
        if (!lower.ends_with(ending)) continue;
        auto stem = name.substr(0, name.size() - ending.size());
        if (stem.empty() || stem.ends_with('/')) return std::nullopt;
        return std::string(stem);
    }
    return std::nullopt;
}

bool copy_check::has_both(
    const std::string& name, const std::function<bool(const std::string&)>& kept
) {
    std::hash<std::string> hash;
    auto is_known = [&](const std::string& other) {
        return claimed_.contains(hash(other)) || kept(other);
    };
    auto stem = uncompressed_name(name);
    bool both = stem ? is_known(*stem) : is_known(name + ".gz") || is_known(name + ".zip");
    if (!claimed_.insert(hash(name)).second) return both;
    order_.push_back(hash(name));
    if (order_.size() <= most_names) return both;
    claimed_.erase(order_.front());
    order_.pop_front();
    return both;
}

bool copy_check::matches_time(const std::string& pattern, const std::string& name) {
    if (pattern.empty()) return true;
    if (pattern != pattern_text_) {
        pattern_text_ = pattern;
        pattern_.reset();
        if (auto parsed = spool::creation_time_pattern::parse(pattern)) pattern_ = *parsed;
    }
    return !pattern_ || pattern_->match(name).has_value();
}

}  // namespace kustodrop::pipeline
