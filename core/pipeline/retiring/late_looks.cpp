#include "pipeline/retiring/late_looks.hpp"

#include <algorithm>

namespace kustodrop::pipeline {

static constexpr duration longest_with_writer = 1min;
static constexpr duration longest_without_proof = 1h;
static constexpr unsigned looks_in_any_case = 5;  // At 1, 3, 7, 15 and 31 times stable_for.
static constexpr unsigned looks_without_proof = 36;
static constexpr unsigned most_doublings = 16;

std::optional<duration> next_late_look(
    spool::writer_state writers, unsigned looks, duration stable_for, std::size_t waiting
) {
    using enum spool::writer_state;
    if (writers == none) return std::nullopt;
    auto wait = stable_for * (1u << std::min(looks, most_doublings));
    if (writers == some) return std::min<duration>(wait, longest_with_writer);
    bool is_first = looks + 1 < looks_in_any_case;
    bool has_room = waiting < most_open_files / 2;
    if (!is_first && (!has_room || looks + 1 >= looks_without_proof)) return std::nullopt;
    return std::min<duration>(wait, longest_without_proof);
}

}  // namespace kustodrop::pipeline
