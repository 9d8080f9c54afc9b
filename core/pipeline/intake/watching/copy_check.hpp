#pragma once

#include "kusto/creation_time.hpp"

#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

namespace kustodrop::pipeline {

/// The name that a compressed copy would have been made of: "x.log" of "x.log.gz". Pure.
std::optional<std::string> uncompressed_name(std::string_view name);

/// Looks at the names of claimed files for what a person would want to know. Remembers the last few
/// thousand.
class copy_check {
public:
    /// Whether the file and its compressed copy, or the reverse, are both shipped: the other one
    /// was claimed before, or is `kept`.
    bool has_both(const std::string& name, const std::function<bool(const std::string&)>& kept);

    /// Whether the name has a time as the pattern wants it; true without a pattern.
    bool matches_time(const std::string& pattern, const std::string& name);

private:
    static constexpr std::size_t most_names = 4'096;

    std::deque<std::size_t> order_;
    std::unordered_set<std::size_t> claimed_;  // Hashes of names.
    std::string pattern_text_;
    std::optional<spool::creation_time_pattern> pattern_;
};

}  // namespace kustodrop::pipeline
