#pragma once

#include "base/result.hpp"
#include "pipeline/watch/notices.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace kustodrop::pipeline {

/// The sources of a watch whose files could not be moved when that was tried last.
class unmoved_files {
public:
    void note(const std::string& id, const std::string& file, const failure& why) {
        bool is_full = why.code == errc::disk_full;
        auto code = is_full ? why.code.text() : std::string("move_refused");
        by_id_.insert_or_assign(id, notice{std::move(code), 1, file, why.message()});
    }
    void forget(const std::string& id) { by_id_.erase(id); }

    /// All of them, with one as the example; nothing: there is none.
    std::optional<notice> all() const {
        if (by_id_.empty()) return std::nullopt;
        auto out = by_id_.begin()->second;
        out.files = by_id_.size();
        return out;
    }

    bool meets_full_disk() const {
        auto full = to_string(errc::disk_full);
        return std::ranges::any_of(by_id_, [&](auto& one) { return one.second.code == full; });
    }

private:
    std::map<std::string, notice> by_id_;
};

}  // namespace kustodrop::pipeline
