#include "pipeline/following/lost_bytes.hpp"

#include "base/text.hpp"
#include "base/wording/counted.hpp"
#include "pipeline/superseding.hpp"
#include "spool/source/place.hpp"

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
    case spool::loss_cause::left:
        return "left behind with the former folder of the watch";
    }
    return "";
}

spool::outcome_record outcome_of(const spool::lost_range& lost, wall_time at) {
    spool::outcome_record record;
    record.outcome = spool::outcome::rejected;
    record.code = spool::code_of(lost.cause);
    record.details = counted(lost.to - lost.from, "byte") + " of " + printable(lost.name) +
                     " from " + std::to_string(lost.from) + " on " +
                     by_number(lost.to - lost.from, "was ", "were ") +
                     std::string(said_of(lost.cause)) + " before " +
                     by_number(lost.to - lost.from, "it was", "they were") + " read";
    if (!lost.limit.empty()) record.details += ", and not held open: " + lost.limit + " is reached";
    if (!lost.not_spilled.empty()) record.details += ", nor spilled: " + lost.not_spilled;
    record.at = at;
    return record;
}

spool::folder_look last_look_at(const spool::followed_logs& logs) {
    spool::folder_look out;
    for (auto& one : logs.unread()) {
        out.lost.push_back({one.name, one.from, one.to, one.cause, {}, one.id, {}});
    }
    return out;
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
    range.log_id = lost.log_id;
    return what;
}

static spool::loss_cause cause_of(const spool::slice& of, const spool::open_logs& files) {
    auto opened = files.find(of);
    struct ::stat facts = {};
    if (!opened || ::fstat(opened->get(), &facts) != 0) return spool::loss_cause::deleted;
    bool shrank = std::uint64_t(facts.st_size) < of.end();
    return shrank ? spool::loss_cause::truncated : spool::loss_cause::overwritten;
}

readable_source find_bytes(std::vector<spool::slice> slices, const open_folder& from) {
    readable_source out;
    for (std::size_t i = 0; i < slices.size(); ++i) {
        auto& one = slices[i];
        bool was_kept = from.ranges && spool::is_kept_range(one.location);
        if (was_kept && from.ranges->size_of(one.location)) continue;
        bool was_spilled = from.spilled && spool::is_spilled(one.location);
        if (was_spilled && from.spilled->is_whole(one)) continue;
        if (auto* holder = from.logs->holder_of(one)) {
            one.identity.inode = holder->file.inode;
            one.identity.born_ns = holder->file.born_ns;
            one.location = holder->name;
            continue;
        }
        auto cause = cause_of(one, *from.logs);
        if (was_kept || was_spilled) cause = spool::loss_cause::deleted;
        if (was_spilled && from.spilled->has(one)) cause = spool::loss_cause::broken;
        out.lost.push_back({one.name, one.offset, one.end(), cause});
        out.lost_slices.insert(i);
    }
    out.slices = std::move(slices);
    return out;
}

void leave_lost(readable_source& found) {
    auto one = found.lost.begin();
    for (auto slice : found.lost_slices) {
        auto& location = found.slices[slice].location;
        bool was_there = !spool::is_kept_range(location) && !spool::is_spilled(location);
        auto& cause = one++->cause;
        if (was_there && cause == spool::loss_cause::deleted) cause = spool::loss_cause::left;
    }
}

std::vector<spool::source> parts_of(const spool::source& whole, const readable_source& found) {
    std::vector<spool::source> out;
    auto add = [&](std::vector<spool::slice> slices) {
        auto& part = out.emplace_back();
        part.watch = whole.watch;
        part.target = whole.target;
        part.claimed_at = whole.claimed_at;
        part.attempts = whole.attempts;
        part.slices = std::move(slices);
    };
    std::vector<spool::slice> readable;
    std::vector<spool::slice> lost;
    for (std::size_t i = 0; i < found.slices.size(); ++i) {
        auto& to = found.lost_slices.contains(i) ? lost : readable;
        to.push_back(found.slices[i]);
    }
    if (!readable.empty()) add(std::move(readable));
    for (auto& one : lost) {
        add({std::move(one)});
        share_posts(out.back(), whole);
    }
    return out;
}

}  // namespace kustodrop::pipeline
