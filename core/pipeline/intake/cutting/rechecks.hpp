#pragma once

#include "base/time.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace kustodrop::pipeline {

/// Claimed sources that are not shipped before they were looked at once more. Pure.
class rechecks {
public:
    struct due {
        std::string source_id;
        unsigned unchanged_looks = 0;  // So far, in a row.
    };

    void add(due one, time_point when) {
        auto id = one.source_id;
        waiting_.insert_or_assign(std::move(id), planned{when, std::move(one)});
    }

    std::vector<due> take_due(time_point now) {
        std::vector<due> out;
        std::erase_if(waiting_, [&](auto& one) {
            if (one.second.when > now) return false;
            out.push_back(std::move(one.second.what));
            return true;
        });
        return out;
    }

    /// All of them, due or not.
    std::vector<due> take_all() { return take_due(time_point::max()); }

    std::optional<time_point> next_due() const {
        std::optional<time_point> next;
        for (auto& [id, one] : waiting_) next = std::min(next.value_or(one.when), one.when);
        return next;
    }

private:
    struct planned {
        time_point when;
        due what;
    };
    std::map<std::string, planned> waiting_;  // By source id.
};

}  // namespace kustodrop::pipeline
