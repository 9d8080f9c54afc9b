#include "pipeline/following/cut_admission.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

namespace kustodrop::pipeline {

void cut_admission::admit(spool::followed_logs& logs, ranges found, std::string_view reason) {
    auto is_joined = [](auto& one) { return !one.range.is_alone; };
    auto alone = std::ranges::partition(found, is_joined);
    for (auto& one : alone) {
        ranges single;
        single.push_back(std::move(one));
        admit_source(logs, std::move(single), reason);
    }
    found.erase(alone.begin(), alone.end());
    if (!found.empty()) admit_source(logs, std::move(found), reason);
}

void cut_admission::admit_source(
    spool::followed_logs& logs, ranges found, std::string_view reason
) {
    auto what = new_source();
    std::vector<spool::log_record> moved_logs;
    // Parts of other records are counted when they are uploaded.
    bool is_line = watch_.options.follow.records.kind == spool::record_kind::lines;
    std::uint64_t skipped = 0;  // NULs that a writer has left in front of its text.
    for (auto& one : found) {
        moved_logs.push_back(logs.cut(one));
        moved_logs.back().watch = what.watch;
        auto moved = of_.deciding.cut(one.log, one.range.bytes.end(), with_.time.now());
        skipped += moved - std::min(moved, one.range.bytes.length_bytes);
        one.range.bytes.log_id = moved_logs.back().id;
        of_.reports.report_range(one.range, what.watch);
        if (is_line) of_.counted.split(what.watch, one.range.split);
        what.slices.push_back(std::move(one.range.bytes));
    }
    of_.counted.cut(what.watch, reason, skipped);
    make_ready(with_.sources.admit_cut(std::move(what), std::move(moved_logs)));
}

void cut_admission::admit_unknown(spool::slice range) {
    auto what = new_source();
    what.slices.push_back(std::move(range));
    make_ready(with_.sources.admit_cut(std::move(what), {}));
}

spool::source cut_admission::new_source() const {
    spool::source what;
    what.claimed_at = with_.time.wall_now();
    what.id = spool::make_source_id(with_.random, what.claimed_at);
    what.watch = watch_.options.name;
    what.target = watch_.options.target.name();
    return what;
}

void cut_admission::make_ready(spool::source& admitted) {
    with_.log.debug(
        "cut",
        {{"watch", admitted.watch},
         {"source", admitted.id},
         {"logs", std::to_string(admitted.slices.size())},
         {"bytes", std::to_string(admitted.size_bytes())}}
    );
    of_.unposted.add(admitted.id);
    with_.ready.push(admitted.id, with_.time.now());
}

}  // namespace kustodrop::pipeline
