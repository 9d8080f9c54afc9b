#pragma once

#include "pipeline/targets/target_route.hpp"
#include "pipeline/watch/target_gate.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::pipeline {

/// The gates of a watch: one, or with a route one for each target, so that a wrong table of one
/// partner does not stop the others. Pure.
class target_gates {
public:
    explicit target_gates(gate_options options = {}) : options_(options) {}

    /// The gate of sources with this recorded target. Which one a watch without a route has is of
    /// no matter.
    target_gate& of(std::string_view recorded_target) {
        auto key = key_of(recorded_target);
        auto found = gates_.find(key);
        if (found == gates_.end()) {
            found = gates_.emplace(std::string(key), target_gate(options_)).first;
        }
        return found->second;
    }

    /// Null: nothing was refused there.
    const target_gate* find(std::string_view recorded_target) const {
        auto found = gates_.find(key_of(recorded_target));
        return found == gates_.end() ? nullptr : &found->second;
    }

    /// Whether files of this target stay in the folder: it is paused, and a source is there that
    /// will show when it is right again.
    bool keeps_out(std::string_view recorded_target) const {
        auto* gate = find(recorded_target);
        return gate && gate->is_paused() && gate->held() > 0;
    }

    /// The recorded targets that are paused; "" of a watch without a route.
    std::vector<std::string> paused() const {
        std::vector<std::string> out;
        for (auto& [key, gate] : gates_) {
            if (gate.is_paused()) out.push_back(key);
        }
        return out;
    }

    bool is_paused() const {
        return std::ranges::any_of(gates_, [](auto& one) { return one.second.is_paused(); });
    }

    /// The gate of a target for which the service takes nothing in; null: there is none.
    const target_gate* refused_at_post() const {
        for (auto& [key, gate] : gates_) {
            if (gate.is_refused_at_post()) return &gate;
        }
        return nullptr;
    }
    std::size_t held() const {
        std::size_t sum = 0;
        for (auto& [key, gate] : gates_) sum += gate.held();
        return sum;
    }

    void reopen() {
        for (auto& [key, gate] : gates_) gate.reopen();
    }

    /// As target_gate, of all of them.
    std::vector<std::string> release(time_point now) {
        std::vector<std::string> out;
        for (auto& [key, gate] : gates_) {
            for (auto& id : gate.release(now)) out.push_back(std::move(id));
        }
        return out;
    }
    std::optional<time_point> next_release(time_point now) const {
        std::optional<time_point> next;
        for (auto& [key, gate] : gates_) {
            if (auto due = gate.next_release(now)) next = std::min(next.value_or(*due), *due);
        }
        return next;
    }

private:
    static std::string_view key_of(std::string_view recorded_target) {
        return is_destination(recorded_target) ? recorded_target : std::string_view();
    }

    gate_options options_;
    std::map<std::string, target_gate, std::less<>> gates_;
};

}  // namespace kustodrop::pipeline
