#include "pipeline/dividing.hpp"

#include "pipeline/superseding.hpp"
#include "spool/source/place.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace kustodrop::pipeline {

bool is_divisible(const spool::source& whole) {
    // What was deleted once it was posted cannot be sent again.
    auto is_there = [](auto& slice) { return !slice.location.empty(); };
    return whole.slices.size() > 1 && std::ranges::all_of(whole.slices, is_there);
}

// The first of a blob keeps its head, which was left out where it had others before it.
static void give_head_back(spool::slice& first) {
    first.length_bytes += first.head_bytes;
    first.offset -= first.head_bytes;
    first.head_bytes = 0;
}

static spool::source part_of(
    const spool::source& whole,
    std::span<const spool::slice> files,
    random_generator& random,
    wall_time now
) {
    spool::source out;
    out.watch = whole.watch;
    out.target = whole.target;
    out.claimed_at = whole.claimed_at;
    out.slices.assign(files.begin(), files.end());
    give_head_back(out.slices.front());
    bool single = files.size() == 1;
    auto own = single ? spool::id_in_work(files.front().location) : std::nullopt;
    out.id = own ? *own : spool::make_source_id(random, now);
    return out;
}

std::vector<spool::source> halves_of(
    const spool::source& whole, random_generator& random, wall_time now
) {
    std::span<const spool::slice> all(whole.slices);
    auto middle = all.size() / 2;
    return {
        part_of(whole, all.first(middle), random, now),
        part_of(whole, all.subspan(middle), random, now)};
}

bool is_of_one_file(const failure& why) {
    static constexpr std::array all{
        errc::file_changed,
        errc::file_vanished,
        errc::not_a_file,
        errc::broken_gzip,
        errc::unreadable,
        errc::unsupported_compression};
    return std::ranges::any_of(all, [&](errc one) { return why.code == one; });
}

spool::source take_out(
    spool::source& whole, std::size_t at, random_generator& random, wall_time now
) {
    auto one = whole.slices.begin() + static_cast<std::ptrdiff_t>(at);
    auto out = part_of(whole, {&*one, 1}, random, now);
    share_posts(out, whole);
    whole.slices.erase(one);
    give_head_back(whole.slices.front());
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

void leave_out(
    const dividing_parts& with, spool::source& whole, std::size_t at, const failure& why
) {
    auto part = take_out(whole, at, with.random, with.time.wall_now());
    auto id = part.id;
    with.log.warning(
        "a file cannot be sent in a blob with others: it is sent alone, and they without it",
        {{"watch", whole.watch},
         {"source", whole.id},
         {"files", std::to_string(whole.slices.size())},
         {"file", part.slices.front().name},
         {"next", id},
         {"code", why.code.text()},
         {"details", why.message()}}
    );
    std::vector<spool::source> parts;
    parts.push_back(std::move(part));
    with.sources.note(whole, std::move(parts));
    with.ready.push(id, with.time.now());
    with.ready.push(whole.id, with.time.now());
}

}  // namespace kustodrop::pipeline
