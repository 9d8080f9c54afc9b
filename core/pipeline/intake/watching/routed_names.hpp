#pragma once

#include "pipeline/watch/watch_table.hpp"
#include "spool/source/sighting.hpp"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace kustodrop::pipeline {

/// What the route of a watch says of the files in its folder: which have no target, and which stay
/// while their target is paused. Without a route it says nothing. Pure.
class routed_names {
public:
    explicit routed_names(watch& of) : watch_(of) {}

    /// Why a file that would be shipped otherwise stays in the folder.
    std::optional<route_refusal> refusal_of(const spool::sighting& seen, bool is_shipped) {
        bool is_asked = watch_.routes.are_by_path() && is_shipped &&
                        seen.kind == spool::file_kind::regular && !watch_.kept.contains(seen.name);
        if (!is_asked) return std::nullopt;
        auto made = watch_.routes.admit(seen.name);
        auto* refused = std::get_if<route_refusal>(&made);
        return refused ? std::optional(std::move(*refused)) : std::nullopt;
    }

    /// Whether the file stays until its target is right, which is remembered.
    bool keeps_out(const std::string& name) {
        if (!watch_.routes.are_by_path() || !watch_.gates.is_paused()) return false;
        auto where = watch_.routes.recorded(name);
        if (!watch_.gates.keeps_out(where)) return false;
        kept_out_.insert(std::move(where));
        return true;
    }

    /// Whether a target is right again of which files stayed. Says it once.
    bool has_freed() {
        auto freed =
            std::erase_if(kept_out_, [this](auto& one) { return !watch_.gates.keeps_out(one); });
        return freed > 0;
    }

    /// The creation_time_pattern of a file.
    std::string pattern_of(const std::string& name) const {
        auto& pattern = watch_.options.target.creation_time_pattern;
        if (!watch_.routes.are_by_path() || pattern.empty()) return pattern;
        auto made = watch_.routes.decide(name);
        auto* where = std::get_if<target>(&made);
        return where ? where->creation_time_pattern : std::string();
    }

private:
    watch& watch_;
    std::set<std::string> kept_out_;  // Recorded targets.
};

}  // namespace kustodrop::pipeline
