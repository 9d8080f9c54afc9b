#pragma once

#include <array>
#include <cstddef>

namespace kustodrop::pipeline {

/// Which watches' sources shippers take first.
enum class watch_priority { high, normal, low };

inline constexpr std::size_t priorities = 3;

/// Decides which priority is served next: high before normal before low, but of eight sources in a
/// row at least one is of each priority that has some. Pure.
class priority_turns {
public:
    using order = std::array<watch_priority, priorities>;
    using flags = std::array<bool, priorities>;  // By priority.

    /// Where to look for the next source, in this order.
    order next() const;

    /// One of that priority was served while these had sources that could have been.
    void served(watch_priority one, const flags& had_some);

private:
    std::array<unsigned, priorities> passed_over_{};  // Since each was served last.
};

}  // namespace kustodrop::pipeline
