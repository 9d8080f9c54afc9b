#pragma once

#include "base/result.hpp"
#include "pipeline/roster.hpp"

#include <optional>
#include <string>

namespace kustodrop::pipeline {

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
