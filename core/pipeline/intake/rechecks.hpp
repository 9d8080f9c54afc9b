#pragma once

#include "base/time.hpp"
#include "spool/source/source.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace kustodrop::pipeline {

/// Claimed sources whose files were found changed, until they are looked at again. Pure.
class rechecks {
public:
    void add(const std::string& source_id, time_point when) {
        due_.insert_or_assign(source_id, when);
    }

    std::vector<std::string> take_due(time_point now) {
        std::vector<std::string> out;
        std::erase_if(due_, [&](auto& one) {
            if (one.second > now) return false;
            out.push_back(one.first);
            return true;
        });
        return out;
    }

    std::optional<time_point> next_due() const {
        std::optional<time_point> next;
        for (auto& [id, when] : due_) next = std::min(next.value_or(when), when);
        return next;
    }

private:
    std::map<std::string, time_point> due_;  // By source id.
};

/// What a claimed source ships when its last file was found to be `now`: the rest of that file, or
/// all of it if it is another file or was cut, of which nothing has been shipped. Pure.
inline void refresh(spool::source& what, const spool::file_identity& now) {
    auto& last = what.slices.back();
    if (!now.same_file(last.identity) || now.size_bytes < last.offset) last.offset = 0;
    last.identity = now;
    last.length_bytes = now.size_bytes - last.offset;
}

}  // namespace kustodrop::pipeline
