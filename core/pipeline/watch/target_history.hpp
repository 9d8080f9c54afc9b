#pragma once

#include "base/time.hpp"
#include "pipeline/watch/watch_options.hpp"

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace kustodrop::pipeline {

/// The targets that a watch had before a reload gave it another: a post that may have been taken
/// is repeated to the table that it went to. Written when a reload takes effect. Pure.
class target_history {
public:
    void replace(const target& former, wall_time now) {
        former_.insert_or_assign(former.name(), former);
        since_ = now;
    }

    /// A route leads elsewhere by now. What it has decided stands in the sources themselves.
    void note_change(wall_time now) { since_ = now; }

    /// The former target of that name; null if there was none.
    const target* find(std::string_view name) const {
        auto found = former_.find(name);
        return found == former_.end() ? nullptr : &found->second;
    }

    /// When a reload brought the present target; the epoch: none did.
    wall_time since() const { return since_; }

private:
    std::map<std::string, target, std::less<>> former_;
    wall_time since_{};
};

}  // namespace kustodrop::pipeline
