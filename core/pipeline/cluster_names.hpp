#pragma once

#include "pipeline/watch/watch_table.hpp"
#include "spool/source/source.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace kustodrop::pipeline {

/// The clusters that are shipped to, by their names in the configuration. Pure.
class cluster_names {
public:
    void add(std::string name) { names_.push_back(std::move(name)); }
    std::size_t size() const { return names_.size(); }
    const std::string& operator[](std::size_t index) const { return names_[index]; }

    std::optional<std::size_t> find(std::string_view name) const {
        auto found = std::ranges::find(names_, name);
        if (found == names_.end()) return std::nullopt;
        return static_cast<std::size_t>(found - names_.begin());
    }

    /// Which of them a watch ships to now; the first where it names none of them.
    std::size_t of(const watch* from) const {
        if (!from || names_.size() < 2) return 0;
        return find(from->options.cluster).value_or(0);
    }

    /// Which of them may have a source and has not reported on it: that one keeps it, wherever its
    /// watch ships to by now. One that is not configured any more does not.
    std::optional<std::size_t> keeper_of(const spool::source& what) const {
        bool is_awaited = std::holds_alternative<spool::stage::posted>(what.stage);
        bool is_kept = what.cluster && (is_awaited || what.ambiguous_posts > 0);
        return is_kept ? find(*what.cluster) : std::nullopt;
    }

    /// Which of them a source belongs to, where no cluster fails.
    std::size_t of(const spool::source& what, const watch* from) const {
        auto kept = keeper_of(what);
        return kept ? *kept : of(from);
    }

    /// Where a watch ships to while its own does not work; nothing: it waits.
    std::optional<std::size_t> failover_of(const watch* from) const {
        if (!from || names_.size() < 2 || from->options.failover.to.empty()) return std::nullopt;
        return find(from->options.failover.to);
    }

private:
    std::vector<std::string> names_;
};

}  // namespace kustodrop::pipeline
