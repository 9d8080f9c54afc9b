#pragma once

#include "pipeline/watch/notices.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace kustodrop::pipeline {

/// The sources of which a claimed file could not be read when that was tried last, by watch.
class unread_files {
public:
    static constexpr std::string_view code = "read_refused";

    void note(const std::string& id, const std::string& watch, notice what) {
        forget(id);
        watch_of_.insert_or_assign(id, watch);
        by_watch_[watch].insert_or_assign(id, std::move(what));
    }

    void forget(const std::string& id) {
        auto known = watch_of_.extract(id);
        if (!known) return;
        auto of_watch = by_watch_.find(known.mapped());
        of_watch->second.erase(id);
        if (of_watch->second.empty()) by_watch_.erase(of_watch);
    }

    /// All of the watch, with one as the example; nothing: there is none.
    std::optional<notice> of(const std::string& watch) const {
        auto found = by_watch_.find(watch);
        if (found == by_watch_.end()) return std::nullopt;
        auto out = found->second.begin()->second;
        out.files = found->second.size();
        return out;
    }

private:
    std::map<std::string, std::map<std::string, notice>> by_watch_;  // Then by source id.
    std::unordered_map<std::string, std::string> watch_of_;          // By source id.
};

}  // namespace kustodrop::pipeline
