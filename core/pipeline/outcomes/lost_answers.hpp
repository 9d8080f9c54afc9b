#pragma once

#include "base/time.hpp"
#include "spool/source/source.hpp"

#include <string>
#include <unordered_map>
#include <vector>

namespace kustodrop::pipeline {

/// Since when none of a source's posts was answered. Pure.
class lost_answers {
public:
    /// The answer to the last post of a source was lost.
    void lost(const spool::source& what, time_point now) {
        auto& known = sources_.try_emplace(what.id, post{now, {}}).first->second;
        known.last_post_at = what.last_post_at;
    }

    /// A post of it was answered, or it has ended.
    void forget(const std::string& source_id) { sources_.erase(source_id); }

    /// The sources of which no post was answered since then.
    std::vector<std::string> since(time_point then) const {
        std::vector<std::string> out;
        for (auto& [id, known] : sources_) {
            if (known.first_lost_at <= then) out.push_back(id);
        }
        return out;
    }

    template <class Visit>
    void each(Visit visit) const {
        for (auto& [id, known] : sources_) visit(id);
    }

    /// Whether it was repeated, and that answer was lost too: no post of it is on its way now.
    bool is_repeated(const spool::source& what) const {
        auto known = sources_.find(what.id);
        return known != sources_.end() && what.ambiguous_posts > 1 &&
               known->second.last_post_at == what.last_post_at;
    }

private:
    struct post {
        time_point first_lost_at{};
        wall_time last_post_at{};
    };
    std::unordered_map<std::string, post> sources_;  // By source id.
};

}  // namespace kustodrop::pipeline
