#include "pipeline/dividing.hpp"

#include "spool/source/place.hpp"

#include <algorithm>
#include <utility>

namespace kustodrop::pipeline {

bool is_divisible(const spool::source& whole) {
    // What was deleted once it was posted cannot be sent again.
    auto is_there = [](auto& slice) { return !slice.location.empty(); };
    return whole.slices.size() > 1 && std::ranges::all_of(whole.slices, is_there);
}

std::vector<spool::source> halves_of(
    const spool::source& whole, random_generator& random, wall_time now
) {
    std::vector<spool::source> out;
    auto middle = whole.slices.begin() + static_cast<std::ptrdiff_t>(whole.slices.size() / 2);
    for (auto [from, to] :
         {std::pair(whole.slices.begin(), middle), std::pair(middle, whole.slices.end())}) {
        auto& half = out.emplace_back();
        half.watch = whole.watch;
        half.target = whole.target;
        half.claimed_at = whole.claimed_at;
        half.slices.assign(from, to);
        // The first of a blob keeps its head, which was left out where it had others before it.
        auto& first = half.slices.front();
        first.length_bytes += first.head_bytes;
        first.offset -= first.head_bytes;
        first.head_bytes = 0;
        bool single = half.slices.size() == 1;
        auto own = single ? spool::id_in_work(first.location) : std::nullopt;
        half.id = own ? *own : spool::make_source_id(random, now);
    }
    return out;
}

void divide(const dividing_parts& with, spool::source& whole, spool::outcome_record why) {
    auto halves = halves_of(whole, with.random, with.time.wall_now());
    with.log.warning(
        "a blob of several files is sent again in halves",
        {{"watch", whole.watch},
         {"source", whole.id},
         {"files", std::to_string(whole.slices.size())},
         {"code", why.code},
         {"details", why.details},
         {"halves", halves[0].id + " " + halves[1].id}}
    );
    auto ids = {halves[0].id, halves[1].id};
    with.sources.divide(whole, std::move(why), std::move(halves));
    for (auto& id : ids) with.ready.push(id, with.time.now());
}

}  // namespace kustodrop::pipeline
