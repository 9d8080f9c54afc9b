#pragma once

#include "pipeline/watch/watch_options.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <variant>
#include <vector>

namespace kustodrop::pipeline {

/// Where a watch's files go, by their names: one target for all, or what the route says of each
/// path. Pure.
class watch_routes {
public:
    /// What a route leads to beyond this stays in the folder.
    static constexpr std::size_t most_targets = 1000;

    explicit watch_routes(const watch_options& of) : fixed_(of.target) {
        if (of.route) route_.emplace(of.route, of.target);
    }

    bool are_by_path() const { return route_.has_value(); }

    /// The target of a file of that name relative to the folder.
    std::variant<target, route_refusal> decide(std::string_view name) const {
        if (!route_) return fixed_;
        return route_->decide(name);
    }

    /// The target of a file in the folder, as source::target records it, or why it stays there.
    /// Remembers the targets.
    std::variant<std::string, route_refusal> admit(std::string_view name) {
        if (!route_) return fixed_.name();
        auto made = route_->decide(name);
        if (auto* refused = std::get_if<route_refusal>(&made)) return std::move(*refused);
        auto out = destination_of(std::get<target>(made));
        if (met_.contains(out)) return out;
        if (met_.size() >= most_targets) return too_many();
        met_.insert(out);
        return out;
    }

    /// What admit() remembers, and the reverse: what the daemon has met, for those who ask what it
    /// would do.
    std::vector<std::string> met() const { return {met_.begin(), met_.end()}; }
    void meet(const std::vector<std::string>& destinations) {
        met_.insert(destinations.begin(), destinations.end());
    }

    /// As decide(), but also refuses what admit() would.
    std::variant<target, route_refusal> foresee(std::string_view name) const {
        auto made = decide(name);
        auto* where = std::get_if<target>(&made);
        if (!route_ || !where || met_.size() < most_targets) return made;
        if (!met_.contains(destination_of(*where))) return too_many();
        return made;
    }

    /// What is recorded as the target of a claimed file; empty: it has none, and is not sent.
    std::string recorded(std::string_view name) const {
        if (!route_) return fixed_.name();
        auto made = route_->decide(name);
        auto* where = std::get_if<target>(&made);
        return where ? destination_of(*where) : std::string();
    }

private:
    static route_refusal too_many() {
        return {
            "too_many_targets",
            "",
            "",
            "route leads to more than 1000 targets; narrow allow or use several watches: the "
            "file stays in the folder"};
    }

    target fixed_;
    std::optional<target_route> route_;
    std::unordered_set<std::string> met_;
};

}  // namespace kustodrop::pipeline
