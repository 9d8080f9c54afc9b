#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kustodrop::config {

/// How many single letters one must change, add, drop or swap with a neighbour to turn one string
/// into the other.
std::size_t edit_distance(std::string_view from, std::string_view to);

/// The one of `candidates` that was probably meant by `given`; empty if none is near.
std::string_view suggestion(
    std::string_view given, const std::vector<std::string_view>& candidates
);

/// The end of a message, behind what is wrong: "; use a or b", or, if something is `near`,
/// "; did you mean a? Use a or b". Without a `use` only what was probably meant.
std::string advice(std::string_view near, std::string_view use);

}  // namespace kustodrop::config
