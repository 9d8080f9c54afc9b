#pragma once

#include "base/result.hpp"
#include "pipeline/roster.hpp"

#include <optional>
#include <string>
#include <unordered_set>

namespace kustodrop::pipeline {

/// What was in hand at more than one death is tried one at a time, after everything else. Only then
/// is it known which one the process dies of, and a process that is killed at once, again and
/// again, for another reason blames none.
class suspects {
public:
    /// How long a source waits before its turn; nothing: it may be tried. `deaths`: so many make a
    /// suspect.
    std::optional<duration> wait(const spool::source& what, unsigned deaths) {
        bool is_claimed = std::holds_alternative<spool::stage::claimed>(what.stage);
        if (!is_claimed || what.begun < deaths) return std::nullopt;
        bool first = put_off_.insert(what.id).second;
        if (!first && !tried) return std::nullopt;
        return std::chrono::milliseconds(500) * (first ? what.begun : 1);
    }

    std::optional<std::string> tried;  // The one that is in hand now.

private:
    std::unordered_set<std::string> put_off_;  // Those whose turn came once, and was put off.
};

/// While it lives, a source is in hand. However the upload ends, unless the process dies with it,
/// its count of uploads that never ended goes back, and the next suspect may be tried.
class in_hand {
public:
    in_hand(roster& sources, spool::source& what, std::optional<std::string>& suspect)
        : sources_(sources), suspect_(suspect), id_(what.id) {
        ++what.begun;
        sources.note(what);
    }
    ~in_hand() {
        if (suspect_ == id_) suspect_.reset();
        auto* what = sources_.find(id_);
        if (!what) return;
        what->begun = 0;
        sources_.note(*what);
    }
    in_hand(const in_hand&) = delete;

private:
    roster& sources_;
    std::optional<std::string>& suspect_;
    std::string id_;
};

/// Why a source is given up that was in hand each time when the process died.
inline failure crash_loop(unsigned deaths) {
    return {
        errc::crash_loop,
        remedy::give_up,
        "the process died " + std::to_string(deaths) + " times in a row while it read this file"};
}

}  // namespace kustodrop::pipeline
