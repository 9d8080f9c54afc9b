#include "pipeline/following/lost_bytes.hpp"

#include "base/text.hpp"

#include <sys/stat.h>

#include <utility>

namespace kustodrop::pipeline {

static std::string_view said_of(spool::loss_cause cause) {
    switch (cause) {
    case spool::loss_cause::deleted:
        return "deleted";
    case spool::loss_cause::truncated:
        return "truncated";
    case spool::loss_cause::overwritten:
        return "overwritten";
    case spool::loss_cause::broken:
        return "in a compressed file that broke";
    }
    return "";
}

spool::outcome_record outcome_of(const spool::lost_range& lost, wall_time at) {
    spool::outcome_record record;
    record.outcome = spool::outcome::rejected;
    record.code = spool::code_of(lost.cause);
    record.details = std::to_string(lost.to - lost.from) + " bytes of " + printable(lost.name) +
                     " from " + std::to_string(lost.from) + " on were " +
                     std::string(said_of(lost.cause)) + " before they were read";
    if (!lost.limit.empty()) record.details += ", and not held open: " + lost.limit + " is reached";
    record.at = at;
    return record;
}

spool::source source_of(
    const spool::lost_range& lost, std::string id, std::string watch, wall_time at
) {
    spool::source what;
    what.id = std::move(id);
    what.watch = std::move(watch);
    what.claimed_at = at;
    auto& range = what.slices.emplace_back();
    range.name = lost.name;
    range.location = lost.name;
    range.offset = lost.from;
    range.length_bytes = lost.to - lost.from;
    return what;
}

static spool::loss_cause cause_of(const spool::slice& of, const spool::open_logs& files) {
    auto opened = files.find(of);
    struct ::stat facts = {};
    if (!opened || ::fstat(opened->get(), &facts) != 0) return spool::loss_cause::deleted;
    bool shrank = std::uint64_t(facts.st_size) < of.end();
    return shrank ? spool::loss_cause::truncated : spool::loss_cause::overwritten;
}

readable_source find_bytes(std::vector<spool::slice> slices, const spool::open_logs& files) {
    readable_source out;
    for (auto& one : slices) {
        if (auto* holder = files.holder_of(one)) {
            one.identity.inode = holder->file.inode;
            one.identity.born_ns = holder->file.born_ns;
            one.location = holder->name;
            out.slices.push_back(std::move(one));
        } else {
            out.lost.push_back({one.name, one.offset, one.end(), cause_of(one, files), ""});
            out.lost_slices.push_back(std::move(one));
        }
    }
    return out;
}

std::vector<spool::source> parts_of(
    const spool::source& whole,
    const readable_source& found,
    random_generator& random,
    wall_time now
) {
    std::vector<spool::source> out;
    auto add = [&](std::vector<spool::slice> slices) {
        auto& part = out.emplace_back();
        part.id = spool::make_source_id(random, now);
        part.watch = whole.watch;
        part.target = whole.target;
        part.claimed_at = whole.claimed_at;
        part.slices = std::move(slices);
    };
    if (!found.slices.empty()) add(found.slices);
    for (auto& one : found.lost_slices) add({one});
    return out;
}

std::optional<std::string> give_up(
    const giving_up_parts& with, spool::source& what, const readable_source& found
) {
    auto now = with.time.wall_now();
    auto settle = [&](spool::source& lost, const spool::lost_range& range) {
        with.sources.advance(lost, spool::stage::settled{outcome_of(range, now)});
        with.next.settled(lost);
    };
    if (what.slices.size() == 1) {
        settle(what, found.lost.front());
        return std::nullopt;
    }
    auto parts = parts_of(what, found, with.random, now);
    std::vector<std::string> ids;
    for (auto& part : parts) ids.push_back(part.id);
    with.sources.divide(what, outcome_of(found.lost.front(), now), std::move(parts));
    auto first_lost = ids.size() - found.lost.size();
    for (auto i = first_lost; i < ids.size(); ++i) {
        if (auto* lost = with.sources.find(ids[i])) settle(*lost, found.lost[i - first_lost]);
    }
    if (first_lost == 0) return std::nullopt;
    with.ready.push(ids.front(), with.time.now());
    return ids.front();
}

}  // namespace kustodrop::pipeline
