#pragma once

#include <cstddef>
#include <set>
#include <string>

namespace kustodrop::test {

/// What the last line of the bad inputs reports: how many cases of which kind there were, and
/// which of the known ways to fail never occurred.
struct bad_input_counts {
    std::size_t configuration = 0;
    std::size_t golden = 0;
    std::size_t answers = 0;
    std::size_t entries = 0;
    std::set<std::string> reached;      // Failure codes of the parsers.
    std::set<std::string> not_reached;  // Of those that stand in their sources.

    static bad_input_counts& all() {
        static bad_input_counts counts;
        return counts;
    }
    std::size_t sum() const { return configuration + answers + entries; }
};

}  // namespace kustodrop::test
